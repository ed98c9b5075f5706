package dev.septet.llm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.sandbox.Sandbox;
import dev.septet.llm.sandbox.SandboxLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hostile tokenizers. Those that would end this process are refused because they ended another one;
 * all others are used in this one. {@code -Dhostile.whole=true} opens every kind in the sandbox.
 */
@Tag("long")
class TokenizerSandboxTest {
    /** Less time than usual, so that those that never end cost little. */
    private static final SandboxLimits LIMITS = new SandboxLimits(
            160L << 20, 1200L << 20, 28, 20, 3L << 30, Duration.ofSeconds(3), Duration.ofSeconds(100));

    /** The native library aborts, allocates without a bound, or does not end. */
    private static final Set<String> DEADLY = Set.of(
            "added-of-a-megabyte",
            "charsmap-empty",
            "charsmap-lies",
            "charsmap-no-base64",
            "charsmap-noise",
            "charsmap-of-8-megabytes",
            "charsmap-short",
            "decoder-replaces",
            "decoder-strips-all",
            "doubling",
            "length-of-0",
            "many-small-things",
            "pattern-catastrophic",
            "pattern-deep",
            "pattern-huge-repeat",
            "pattern-look-around",
            "prefix-longer-than-pieces",
            "prepends-by-thousands",
            "replace-catastrophic",
            "replace-grows",
            "template-of-a-million",
            "template-without-ids",
            "unigram-long-pieces",
            "word-pieces-endless");

    private static final Map<String, byte[]> ALL = HostileTokenizers.all();

    @TempDir
    Path root;

    static Stream<String> harmless() {
        return ALL.keySet().stream().filter(name -> !DEADLY.contains(name));
    }

    @BeforeEach
    void asInsideOfTheSandbox() {
        System.setProperty("septet.probe", "true");
    }

    @AfterEach
    void outside() {
        System.clearProperty("septet.probe");
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void whatLetsAProcessLiveIsUsedOrRefusedInWords(String name) throws IOException {
        Path folder = folder(name);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            int[] ids = tokenizer.encode("The printer <|im_end|> \u00e9", true);
            tokenizer.decode(ids, true);
        } catch (FormatProblem | IllegalArgumentException | ai.djl.engine.EngineException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        } catch (RuntimeException refused) {
            assertThat(refused).as(name).hasMessageNotContaining("\tat ");
        }
    }

    @Test
    void whatEndsAProcessIsRefused() throws Exception {
        outside();
        Set<String> sent = Boolean.getBoolean("hostile.whole") ? ALL.keySet() : new TreeSet<>(DEADLY);
        Sandbox sandbox = Sandbox.of(root.resolve("verdicts"), LIMITS);
        ExecutorService two = Executors.newFixedThreadPool(2);
        Map<String, Future<String>> answers = new HashMap<>();
        for (String name : sent) {
            answers.put(name, two.submit(() -> refusal(sandbox, name)));
        }
        Set<String> refused = new TreeSet<>();
        for (Map.Entry<String, Future<String>> answer : answers.entrySet()) {
            String message = answer.getValue().get();
            if (!message.isEmpty()) {
                refused.add(answer.getKey());
                assertThat(message)
                        .startsWith(root.resolve(answer.getKey())
                                .resolve("tokenizer.json")
                                .toString())
                        .containsPattern("ended by signal \\d+|not done after 3 s|ran out of its")
                        .matches("[\\x20-\\x7e]+");
            }
        }
        two.shutdown();
        assertThat(refused).isEqualTo(new TreeSet<>(DEADLY));
        try (Stream<Path> kept = Files.list(root.resolve("verdicts"))) {
            assertThat(kept).as("verdicts, and nothing else").hasSize(sent.size());
        }
        // Another process finds the verdict.
        Sandbox next = Sandbox.of(root.resolve("verdicts"), LIMITS);
        assertThatThrownBy(() -> admit(next, "charsmap-empty", root.resolve("charsmap-empty")))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("Precompiled");
        // No child is started for a known file: it would write the true verdict.
        try (Stream<Path> kept = Files.list(root.resolve("verdicts"))) {
            Files.writeString(
                    kept.filter(verdict -> verdict.toString().endsWith("-charsmap-empty"))
                            .findFirst()
                            .orElseThrow(),
                    "safe");
        }
        admit(Sandbox.of(root.resolve("verdicts"), LIMITS), "charsmap-empty", root.resolve("charsmap-empty"));
    }

    private String refusal(Sandbox sandbox, String name) throws IOException {
        try {
            admit(sandbox, name, folder(name));
            return "";
        } catch (FormatProblem refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static void admit(Sandbox sandbox, String name, Path folder) {
        sandbox.admit(
                TokenizerProbe.class,
                name,
                folder.resolve("tokenizer.json"),
                bytes(name).length,
                List.of(folder.toString()));
    }

    private Path folder(String name) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name));
        Files.write(folder.resolve("tokenizer.json"), bytes(name));
        return folder;
    }

    private static byte[] bytes(String name) {
        return Objects.requireNonNull(ALL.get(name), name);
    }
}
