package dev.septet.llm.model.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The identities of the training programs, which half-trained runs depend on. */
class ProgramRevisionTest {
    private static final Path SOURCES = Path.of("src/main/resources/dev/septet/llm");

    /**
     * The texts that compute the bits of a training. Did one change, so that any result may differ by a bit? Then raise the revision of
     * its programs in {@link ProgramRevision}, and the revision of stage keys. Only then rewrite the golden file.
     */
    @Test
    void aProgramWithAnotherTextHasAnotherRevision() throws IOException {
        StringBuilder text = new StringBuilder();
        for (ProgramRevision program : ProgramRevision.values()) {
            text.append(program.identity()).append('\n');
        }
        for (String part : List.of("model/program", "model/weights", "optimizer", "train")) {
            try (Stream<Path> files = Files.list(SOURCES.resolve(part))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".py"))
                        .sorted()
                        .toList()) {
                    text.append(sha256(Files.readString(file)))
                            .append(' ')
                            .append(part)
                            .append('/')
                            .append(file.getFileName())
                            .append('\n');
                }
            }
        }
        Golden.check(Path.of("src/test/resources/program-revisions.txt"), text.toString());
    }

    @Test
    void firstRevisionsHaveTheNamesOfEarlierCheckpoints() {
        assertThat(ProgramRevision.identity("lora", 1)).isEqualTo("lora");
        assertThat(ProgramRevision.identity("lora", 2)).isEqualTo("lora revision 2");
        assertThat(Arrays.stream(ProgramRevision.values()).map(ProgramRevision::identity))
                .allMatch(ProgramRevision::has)
                .doesNotHaveDuplicates();
        assertThat(ProgramRevision.has("lora revision 99")).isFalse();
        assertThat(ProgramRevision.successor("lora revision 99")).contains(ProgramRevision.LORA.identity());
        assertThat(ProgramRevision.successor("unknown")).isEmpty();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
