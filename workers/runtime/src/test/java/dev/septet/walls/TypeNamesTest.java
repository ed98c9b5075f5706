package dev.septet.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A reader who searches for a type by its name finds one. */
class TypeNamesTest {
    @Test
    void everyTypeOfTheMainSourcesHasANameOfItsOwn() throws IOException {
        Map<String, List<Path>> places = new TreeMap<>();
        for (Path module : NamedTest.modules()) {
            try (Stream<Path> files = Files.walk(module.resolve("src/main"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    places.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                            .add(file);
                }
            }
        }
        places.remove("package-info.java");
        assertThat(places).hasSizeGreaterThan(1000);
        places.values().removeIf(files -> files.size() == 1);
        assertThat(places).isEmpty();
    }
}
