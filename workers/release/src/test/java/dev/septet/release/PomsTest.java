package dev.septet.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What Maven Central requires of each pom, and that all modules have one version. */
class PomsTest {
    private static final Path CHECKOUT = Path.of("..", "..");

    @Test
    void nameAndDescribeEachModule() throws Exception {
        List<Path> poms = poms();
        assertThat(poms).hasSizeGreaterThan(9);
        String version = text(root(CHECKOUT.resolve("pom.xml")), "version");
        for (Path pom : poms) {
            Element project = root(pom);
            assertThat(text(project, "name")).as("name in %s", pom).startsWith("Septet");
            assertThat(text(project, "description"))
                    .as("description in %s", pom)
                    .isNotBlank();
            if (!pom.equals(CHECKOUT.resolve("pom.xml"))) {
                Element parent = child(project, "parent");
                assertThat(text(parent, "groupId"))
                        .as("group of the parent in %s", pom)
                        .isEqualTo("dev.septet");
                assertThat(text(parent, "version"))
                        .as("version of the parent in %s", pom)
                        .isEqualTo(version);
                assertThat(text(project, "version"))
                        .as("own version in %s", pom)
                        .isEmpty();
            }
        }
    }

    @Test
    void nameTheLicenceOnce() throws Exception {
        Element licence = child(child(root(CHECKOUT.resolve("pom.xml")), "licenses"), "license");
        assertThat(text(licence, "name")).isEqualTo("Apache-2.0");
        assertThat(Files.readString(CHECKOUT.resolve("LICENSE"))).contains("Apache License", "Version 2.0");
    }

    @Test
    void haveVersionsThatAreSemantic() throws Exception {
        assertThat(text(root(CHECKOUT.resolve("pom.xml")), "version"))
                .matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT|-rc\\.\\d+)?");
    }

    @Test
    void giveTheChartItsVersion() throws Exception {
        String version = text(root(CHECKOUT.resolve("pom.xml")), "version");
        List<String> chart = Files.readAllLines(Path.of("src/main/helm/septet/Chart.yaml"));
        assertThat(chart).contains("appVersion: " + version, "version: " + version.replace("-SNAPSHOT", ""));
    }

    private static List<Path> poms() throws IOException {
        try (Stream<Path> files = Files.walk(CHECKOUT, 3)) {
            return files.filter(file -> file.endsWith("pom.xml"))
                    .filter(file -> !file.toString().contains("own-words")
                            && !file.toString().contains("embed-plugin"))
                    .sorted()
                    .toList();
        }
    }

    private static Element root(Path pom) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        return factory.newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
    }

    private static Element child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return element;
            }
        }
        throw new AssertionError("no <%s> in <%s>".formatted(name, parent.getTagName()));
    }

    private static String text(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return element.getTextContent().strip();
            }
        }
        return "";
    }
}
