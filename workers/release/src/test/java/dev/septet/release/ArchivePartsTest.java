package dev.septet.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a build of a release says about a Temporal CLI that no release may contain. */
class ArchivePartsTest {
    private static final Path CLI = Path.of("/home/someone/.local/share/septet/temporal-1.9.1/temporal");
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    /** No copy for another platform has the expected digest, so its removal would help nobody. */
    @ParameterizedTest
    @CsvSource({"Mac OS X,aarch64", "Mac OS X,x86_64", "Linux,aarch64", "Windows 11,amd64"})
    void anotherPlatformIsTheReason(String system, String machine) {
        assertThat(ArchiveParts.otherCli(CLI, DIGEST, system, machine))
                .contains("Linux x86-64 only", "this is " + system + " " + machine, "mvn -DskipTests package")
                .doesNotContain("Move", "Remove", DIGEST);
    }

    @Test
    void onThePlatformOfReleasesTheFileIsTheReason() {
        for (String machine : new String[] {"amd64", "x86_64"}) {
            assertThat(ArchiveParts.otherCli(CLI, DIGEST, "Linux", machine))
                    .contains(CLI + " has the sha256 " + DIGEST, "Temporal CLI 1.9.1", "Move the file elsewhere")
                    .doesNotContain("only");
        }
    }
}
