package dev.septet.examples.kills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of killed trainings goes on only under what it was begun under. */
@Tag("long")
class ConditionsTest {
    private static final Conditions BEGUN = new Conditions("train { method lora() }", "ab", 2, 7, "cd");

    @TempDir
    Path folder;

    @Test
    void aFolderGoesOnAsItWasBegun() throws IOException {
        BEGUN.requireIn(folder);
        BEGUN.requireIn(folder);
    }

    @Test
    void whatDiffersIsNamed() throws IOException {
        BEGUN.requireIn(folder);
        assertThatIllegalStateException()
                .isThrownBy(() -> new Conditions("train { method dora() }", "ab", 2, 8, "cd").requireIn(folder))
                .withMessage(folder
                        + " was started with other conditions: training was train { method lora() }, now"
                        + " train { method dora() }; seed was 7, now 8. Continue with the"
                        + " same conditions, or name a new folder.");
        assertThatIllegalStateException()
                .isThrownBy(() -> new Conditions("train { method lora() }", "xy", 1, 7, "zz").requireIn(folder))
                .withMessageContaining("base model was ab, now xy")
                .withMessageContaining("threads was 2, now 1")
                .withMessageContaining("the program's classes was cd, now zz");
        BEGUN.requireIn(folder);
    }

    @Test
    void anotherTrainingIsRefusedBeforeAnythingIsTrained() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Kills kills = new Kills(folder, "train { method lora() }", model, 1, 7);
        Conditions.of(kills).requireIn(folder);
        assertThatIllegalStateException()
                .isThrownBy(() -> new Kills(folder, "train { method full() }", model, 1, 7).run(1))
                .withMessageContaining("training was train { method lora() }, now train { method full() }");
    }

    @Test
    void classesCountByTheirBytesAlone() throws IOException {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        Files.writeString(classes.resolve("A.class"), "first");
        String before = Conditions.classes(classes.toString());

        assertThat(Conditions.classes(jar("one.jar", 0, "first")))
                .as("packed, or packed again later")
                .isEqualTo(Conditions.classes(jar("two.jar", 1_000_000_000_000L, "first")))
                .isEqualTo(before)
                .isNotEqualTo(Conditions.classes(jar("three.jar", 0, "second")));
        Files.writeString(classes.resolve("A.class"), "second");
        assertThat(Conditions.classes(classes.toString())).isNotEqualTo(before);
    }

    private String jar(String name, long time, String words) throws IOException {
        Path jar = folder.resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            JarEntry entry = new JarEntry("A.class");
            entry.setTime(time);
            out.putNextEntry(entry);
            out.write(words.getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
        return jar.toString();
    }
}
