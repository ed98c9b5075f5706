package dev.septet.release;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Adds to the bill of materials what the archive ships and Maven does not know: the Java runtime and the Temporal CLI. The
 * file has the same bytes for the same parts.
 */
final class BillOfMaterials {
    private static final String COMPONENTS = "components";
    private static final String DEPENDENCIES = "dependencies";
    private static final String REFERENCE = "bom-ref";
    private static final ObjectMapper JSON = new ObjectMapper();

    private BillOfMaterials() {}

    /**
     * The Temporal CLI of an archive.
     *
     * @param sha256 digest of the executable
     */
    record TemporalCli(String version, String sha256) {}

    /**
     * Adds both parts; an earlier entry for one of them is replaced.
     *
     * @param sbom a bill of materials in CycloneDX's JSON
     * @param runtime the Java runtime, as {@code jlink} writes it
     * @throws IOException when a file cannot be read, or when the runtime is not OpenJDK's
     */
    static void complete(Path sbom, Path runtime, TemporalCli cli) throws IOException {
        ObjectNode bill = (ObjectNode) JSON.readTree(sbom.toFile());
        add(bill, java(runtime));
        add(bill, temporal(cli));
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
        Files.writeString(sbom, JSON.writer(printer).writeValueAsString(bill) + "\n");
    }

    private static ObjectNode java(Path runtime) throws IOException {
        Properties release = new Properties();
        try (InputStream in = Files.newInputStream(runtime.resolve("release"))) {
            release.load(in);
        }
        String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
        if (!version.matches("[0-9][0-9.]*")) {
            throw new IOException(runtime.resolve("release") + " has no JAVA_VERSION: it is not written by jlink.");
        }
        Path texts = runtime.resolve("legal/java.base");
        Path licence = texts.resolve("LICENSE");
        String text = Files.exists(licence) ? Files.readString(licence) : "";
        boolean exception =
                text.contains("\"CLASSPATH\" EXCEPTION") || Files.exists(texts.resolve("ASSEMBLY_EXCEPTION"));
        if (!text.startsWith("The GNU General Public License")
                || !text.contains("Version 2, June 1991")
                || !exception) {
            throw new IOException(licence + " is not OpenJDK's licence (GPL 2 with the Classpath exception)."
                    + " Find out whether this Java may be shipped, and add its licence here.");
        }
        String url = "pkg:generic/openjdk@" + version;
        ObjectNode component = component("platform", url, "openjdk", version);
        component.put(
                "description",
                "The Java runtime of the archive (runtime), made by jlink; its texts are in runtime/legal");
        component.putArray("licenses").addObject().put("expression", "GPL-2.0-only WITH Classpath-exception-2.0");
        component.put("purl", url);
        component
                .putArray("properties")
                .addObject()
                .put("name", "septet:sha256:runtime/lib/modules")
                .put("value", Sha256.of(runtime.resolve("lib/modules")));
        return component;
    }

    private static ObjectNode temporal(TemporalCli cli) {
        String url = "pkg:golang/github.com/temporalio/cli@v" + cli.version();
        ObjectNode component = component("application", url, "github.com/temporalio/cli", cli.version());
        component.put("description", "The Temporal CLI with its server (libexec/temporal)");
        component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", cli.sha256());
        component.putArray("licenses").addObject().putObject("license").put("id", "MIT");
        component.put("purl", url);
        return component;
    }

    private static ObjectNode component(String type, String reference, String name, String version) {
        return JSON.createObjectNode()
                .put("type", type)
                .put(REFERENCE, reference)
                .put("name", name)
                .put("version", version);
    }

    private static void add(ObjectNode bill, ObjectNode component) {
        String reference = component.path(REFERENCE).asText();
        ArrayNode components = bill.withArray(COMPONENTS);
        remove(components, REFERENCE, reference);
        components.add(component);
        ArrayNode dependencies = bill.withArray(DEPENDENCIES);
        remove(dependencies, "ref", reference);
        dependencies.addObject().put("ref", reference).putArray("dependsOn");
        String whole = bill.at("/metadata/component/bom-ref").asText();
        for (JsonNode entry : dependencies) {
            if (entry.path("ref").asText().equals(whole) && entry.path("dependsOn") instanceof ArrayNode needed) {
                for (int at = needed.size() - 1; at >= 0; at--) {
                    if (needed.get(at).asText().equals(reference)) {
                        needed.remove(at);
                    }
                }
                needed.add(reference);
            }
        }
    }

    private static void remove(ArrayNode entries, String key, String value) {
        for (int at = entries.size() - 1; at >= 0; at--) {
            if (entries.get(at).path(key).asText().equals(value)) {
                entries.remove(at);
            }
        }
    }
}
