package dev.septet.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The libraries of an archive with their licences, in an order that does not depend on the build. */
final class ThirdParty {
    private static final String OWN = "dev.septet";

    /** Files of a jar that hold a licence or a notice that must go with the jar. */
    private static final Pattern TEXT = Pattern.compile(
            "(META-INF/)?(licenses?/)?(LICENSE|LICENCE|NOTICE|COPYING)([.-][\\w.-]*)?", Pattern.CASE_INSENSITIVE);

    private ThirdParty() {}

    /**
     * One line per library: group, name, version, licences.
     *
     * @param sbom a bill of materials in CycloneDX's JSON
     * @throws IOException when the file cannot be read, or when a library names no licence
     */
    static List<String> lines(Path sbom) throws IOException {
        TreeSet<String> lines = new TreeSet<>();
        for (JsonNode library : new ObjectMapper().readTree(sbom.toFile()).path("components")) {
            String group = library.path("group").asText();
            String name =
                    (group.isEmpty() ? "" : group + ":") + library.path("name").asText();
            if (name.startsWith(OWN + ":")) {
                continue;
            }
            List<String> licences = licences(library);
            if (licences.isEmpty()) {
                throw new IOException(
                        sbom + " names no licence of " + name + ". Find it, and add it to the list here.");
            }
            lines.add("%s %s: %s".formatted(name, library.path("version").asText(), String.join(", ", licences)));
        }
        if (lines.isEmpty()) {
            throw new IOException(sbom + " names no library. Was it written for this module?");
        }
        return List.copyOf(lines);
    }

    private static List<String> licences(JsonNode library) {
        List<String> all = new ArrayList<>();
        for (JsonNode entry : library.path("licenses")) {
            JsonNode licence = entry.path("license");
            String name = entry.path("expression")
                    .asText(licence.path("id").asText(licence.path("name").asText()));
            if (!name.isEmpty()) {
                all.add(name);
            }
        }
        return all;
    }

    /**
     * Copies the licences and notices of each jar to a folder with the jar's name.
     *
     * @return how many files were copied
     */
    static int copyTexts(List<Path> jars, Path folder) throws IOException {
        int copied = 0;
        for (Path jar : jars) {
            String name = String.valueOf(jar.getFileName()).replaceFirst("\\.jar$", "");
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
                    if (!entry.isDirectory() && TEXT.matcher(entry.getName()).matches()) {
                        Path target = folder.resolve(name)
                                .resolve(
                                        entry.getName().replace("META-INF/", "").replace('/', '-'));
                        Files.createDirectories(target.getParent());
                        try (InputStream in = zip.getInputStream(entry)) {
                            Files.write(target, in.readAllBytes());
                        }
                        copied++;
                    }
                }
            }
        }
        return copied;
    }
}
