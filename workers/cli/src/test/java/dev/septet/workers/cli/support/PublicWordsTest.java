package dev.septet.workers.cli.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.DocPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a support bundle keeps of a text, with all words of this program. */
class PublicWordsTest {
    @Test
    void hidesWhatIsNoWordOfSeptet() throws IOException {
        PublicWords words = new PublicWords(ProgramWords.load(), Map.of());

        assertThat(words.of("the key of Erna Schmidt is xK9-4zQ1v8 or 4829137"))
                .isEqualTo("the key of * * is *-* or *");
    }

    /** The limits, which the page and the command's help state. */
    @Test
    void keepsAPassphraseOfSeptetsWordsAndAShortCode() throws IOException {
        Set<String> program = ProgramWords.load();
        PublicWords words = new PublicWords(program, Map.of());

        assertThat(words.of("it says model server table river"))
                .as("a passphrase of words that Septet's texts have")
                .startsWith("it says model server table ");
        assertThat(words.of("the code is 482913")).isEqualTo("the code is 482913");
        assertThat(program).hasSizeGreaterThan(2000);
        assertThat(DocPage.of("traces-and-logs.md").text().replaceAll("\\s+", " "))
                .contains("It does not hide a passphrase whose words are all such words, or a code of six digits.");
        Captured septet = new Captured(Path.of(""));
        septet.run("support-bundle", "--help");
        assertThat(septet.out().replaceAll("\\s+", " "))
                .contains("So a passphrase of such words, or a short code, can stay: look into the archive");
    }

    /** A value that a variable declares as secret is known, so it is hidden whatever its words are, unless it is short. */
    @Test
    void hidesTheValuesOfSecretVariables() throws IOException {
        PublicWords words = new PublicWords(
                ProgramWords.load(),
                Map.of("SEPTET_SECRET_DOOR", "model server table", "SEPTET_SECRET_CODE", "482913"));

        assertThat(words.of("it says model server table")).isEqualTo("it says [SECRET]");
        assertThat(words.of("the code is 482913")).isEqualTo("the code is 482913");
    }
}
