package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.extension.ExtensionJars;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.WordOption;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference lists and explains the words of jars beside Septet's own. */
class WordsCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private Captured septet = new Captured(folder);

    /** A metric. */
    public static final class Chrf implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric(
                    "chrf",
                    "F-score of the answers' character n-grams.",
                    100,
                    WordOption.wholeNumber("order", "Longest n-gram.", 6, 1, 10),
                    WordOption.choice("spaces", "Whether spaces count.", List.of("without", "counted")));
        }
    }

    /** A clash. */
    public static final class Rouge implements Extension {
        @Override
        public ExtensionWord word() {
            return ExtensionWord.metric("rougeL", "Another one.", 1);
        }
    }

    @BeforeEach
    void install() {
        septet = new Captured(folder);
    }

    @Test
    void listsEveryBlock() {
        assertThat(septet.run("words")).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("pipeline: card, deploy, description, ")
                .contains("\nevaluate: benchmark, compare, ")
                .contains("\nlora: ");
    }

    @Test
    void explainsAWordOfSeptet() {
        assertThat(septet.run("words", "epochs")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).startsWith("  epochs in train: How many times to pass over the training split.");
    }

    @Test
    void explainsAWordOfAJar() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Chrf.class)) {
            assertThat(septet.run("words", "chrf")).isEqualTo(ExitCode.OK);
            assertThat(septet.out()).isEqualTo("""
                  chrf in evaluate [own-words 1.2]: F-score of the answers' character n-grams. Such as: metric chrf
                    order: Longest n-gram. (A whole number from 1 to 10, 6)
                    spaces: Whether spaces count. (One of without, counted, without)
                """);
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void givesEditorsTheWordsOfJars() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Chrf.class)) {
            assertThat(septet.run("words", "--gdsl")).isEqualTo(ExitCode.OK);
            assertThat(septet.out())
                    .startsWith("// Generated from the vocabulary")
                    .endsWith("""
                        contributor(context(scope: closureScope(), filetypes: ['groovy'])) {
                            if (enclosingCall('evaluate')) {
                                method name: 'chrf', type: 'java.lang.Object', params: [options: 'java.util.Map'], doc: 'F-score of the answers\\' character n-grams. Such as: metric chrf'
                                property name: 'chrf', type: 'java.lang.Object', doc: 'F-score of the answers\\' character n-grams. Such as: metric chrf'
                            }
                        }
                        """);
            assertThat(jars).isNotNull();
        }
    }

    @Test
    void suggestsTheNearestWord() {
        assertThat(septet.run("words", "epoch")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).isEqualTo("septet: there is no word 'epoch'. Did you mean `epochs`?\n");
    }

    @Test
    void aClashStopsAWorkerBeforeItStarts() throws IOException {
        try (var jars = new ExtensionJars(folder).with("own-words", "1.2", Rouge.class)) {
            for (String command : new String[] {"worker", "words"}) {
                assertThat(septet.run(command)).isEqualTo(ExitCode.RUN_FAILED);
                assertThat(septet.err())
                        .endsWith(
                                "septet: own-words-1.2.jar declares the metric `rougeL`, but Septet has a word of this"
                                        + " name there; rename the word in the jar, or remove the jar\n");
            }
            assertThat(jars).isNotNull();
        }
    }
}
