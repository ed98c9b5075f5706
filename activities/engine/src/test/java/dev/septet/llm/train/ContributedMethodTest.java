package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.llm.method.Method;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The method that CONTRIBUTING.md shows is compiled as it stands, and keeps the contract. */
class ContributedMethodTest {
    private static final Path PAGE = Path.of("../../.github/CONTRIBUTING.md");
    private static final Path WORDS = Path.of("../../dsl/src/main/java/dev/septet/dsl/vocabulary/MethodValues.java");

    @TempDir
    Path temporary;

    @Test
    void compilesAndKeepsTheContract() throws Exception {
        List<String> blocks = Pattern.compile("(?s)```java\n(.*?)```")
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(blocks).hasSize(3);
        Path source = Files.createDirectory(temporary.resolve("source"));
        Path classes = Files.createDirectory(temporary.resolve("classes"));
        Files.writeString(source.resolve("NormsSpec.java"), blocks.get(0));
        Files.writeString(source.resolve("MethodValues.java"), withWord(blocks.get(1)));
        Files.writeString(source.resolve("Norms.java"), blocks.get(2));
        compile(source, classes);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            Method method = (Method) loader.loadClass("dev.septet.llm.method.Norms")
                    .getConstructor()
                    .newInstance();
            new MethodContract(method, temporary).holds();
        }
    }

    /** The vocabulary's source with one more word at its end. */
    private static String withWord(String word) throws Exception {
        String source = Files.readString(WORDS);
        int end = source.lastIndexOf('}');
        return source.substring(0, end)
                        .replaceFirst("\nimport ", "\nimport dev.septet.dsl.pipeline.train.NormsSpec;\nimport ")
                + "\n"
                + word
                + "}\n";
    }

    private static void compile(Path source, Path classes) {
        String path = Stream.of(Method.class, MethodSpec.class, NDManager.class, Nullable.class)
                .map(ContributedMethodTest::home)
                .collect(Collectors.joining(File.pathSeparator));
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-nowarn",
                        "-d",
                        classes.toString(),
                        "-cp",
                        path,
                        source.resolve("NormsSpec.java").toString(),
                        source.resolve("MethodValues.java").toString(),
                        source.resolve("Norms.java").toString());
        assertThat(failed).isZero();
    }

    private static String home(Class<?> type) {
        try {
            return Path.of(Objects.requireNonNull(type.getProtectionDomain().getCodeSource())
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
