package dev.septet.llm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.format.FormatProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged tokenizer.json works or is refused in words; it never takes the process down. */
class HostileTokenizerTest {
    private static final int ROUNDS = 150;
    private static final List<String> PIECES =
            List.of("null", "-1", "{}", "[]", "\"\"", "true", "4294967296", "1e99", "\"BPE\"", "[[\"a\",0]]");

    @TempDir
    Path folder;

    /** As inside of the sandbox: this is about the library itself, hundreds of times. */
    @BeforeAll
    static void withoutASandbox() {
        System.setProperty("septet.probe", "true");
    }

    @AfterAll
    static void withASandbox() {
        System.clearProperty("septet.probe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytelevel", "metaspace", "unigram"})
    void survivesDamage(String name) throws IOException {
        String json = Files.readString(Fixtures.folder(name).resolve("tokenizer.json"));
        Path file = folder.resolve("tokenizer.json");
        Random draw = new Random(name.hashCode());
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Files.writeString(file, damaged(json, draw));
            try (Tokenizer tokenizer = Tokenizer.open(folder)) {
                int[] ids = tokenizer.encodeContent("The printer <|im_end|> </s> <eos> 🎉 é");
                tokenizer.decode(ids, true);
                tokenizer.encodeTemplateSpans("The printer <|im_end|> </s> <eos> 🎉 é");
            } catch (FormatProblem e) {
                assertThat(e).hasMessageStartingWith(file.toString());
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("round " + round, e);
            }
        }
        assertThat(refused).isGreaterThan(ROUNDS / 4);
    }

    /** One value outside of the vocabulary's bulk replaced, or a few characters lost. */
    private static String damaged(String json, Random draw) {
        if (draw.nextInt(4) == 0) {
            int at = draw.nextInt(json.length() - 8);
            return json.substring(0, at) + json.substring(at + 1 + draw.nextInt(7));
        }
        List<Integer> places = new ArrayList<>();
        for (int i = json.indexOf(':'); i >= 0; i = json.indexOf(':', i + 1)) {
            boolean bulk = json.lastIndexOf("\"vocab\"", i) >= 0 && draw.nextInt(40) > 0;
            if (!bulk) {
                places.add(i);
            }
        }
        int colon = places.get(draw.nextInt(places.size()));
        int end = colon + 1;
        int depth = 0;
        boolean quoted = false;
        while (end < json.length()) {
            char c = json.charAt(end);
            if (c == '\\' && quoted) {
                end += 2;
                continue;
            }
            quoted ^= c == '"';
            if (!quoted) {
                if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
                    break;
                }
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            }
            end++;
        }
        return json.substring(0, colon + 1) + PIECES.get(draw.nextInt(PIECES.size())) + json.substring(end);
    }
}
