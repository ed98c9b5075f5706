package dev.septet.workers.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.DocPage;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet verify --release}, on a release that {@code .ci/sign-release} has signed. */
class ReleaseVerificationTest {
    private static final String ARCHIVE = "septet-9.9.9-linux-x86_64.tar.gz";
    private static final Path SCRIPT =
            Path.of("../../.ci/sign-release").toAbsolutePath().normalize();

    @TempDir
    private Path folder = Path.of("");

    private Path archive = Path.of("");
    private Path signers = Path.of("");

    @BeforeEach
    void sign() throws Exception {
        Path release = Files.createDirectories(folder.resolve("release"));
        archive = release.resolve(ARCHIVE);
        Files.writeString(
                Files.createDirectories(folder.resolve("septet-9.9.9")).resolve("LICENSE"), "the licence");
        run(List.of("tar", "-czf", archive.toString(), "septet-9.9.9"));
        Files.writeString(release.resolve("septet-sbom.json"), "{}");
        key("releaser");
        run(List.of(SCRIPT.toString(), folder.resolve("releaser").toString(), release.toString()));
        signers = Files.writeString(
                folder.resolve("signers"), "release " + Files.readString(folder.resolve("releaser.pub")));
    }

    @Test
    void theSignedFileIsProved() throws IOException {
        Captured septet = septet(signers);

        assertThat(septet.run("verify", "--release", archive.toString())).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("ok  " + ARCHIVE + " is the file that was signed");
    }

    @Test
    void aChangedByteIsNamed() throws IOException {
        Files.writeString(archive, "another archive");
        Captured septet = septet(signers);

        assertThat(septet.run("verify", "--release", archive.toString())).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("but the signed list expects", "Do not install it");
    }

    @Test
    void aListThatNobodyAllowedSignedIsRefused() throws Exception {
        key("stranger");
        run(List.of(SCRIPT.toString(), folder.resolve("stranger").toString(), String.valueOf(archive.getParent())));
        Captured septet = septet(signers);

        assertThat(septet.run("verify", "--release", archive.toString())).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("is not a signature of SHA256SUMS", "Do not install this release");
    }

    @Test
    void aChangedListIsRefused() throws IOException {
        Path list = archive.resolveSibling("SHA256SUMS");
        Files.writeString(list, Files.readString(list).replace("septet-9.9.9", "septet-9.9.8"));
        Captured septet = septet(signers);

        assertThat(septet.run("verify", "--release", archive.toString())).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("is not a signature of SHA256SUMS");
    }

    @Test
    void aRenamedFileIsNotProved() throws IOException {
        Path renamed = Files.copy(archive, archive.resolveSibling("septet.tar.gz"));
        Captured septet = septet(signers);

        assertThat(septet.run("verify", "--release", renamed.toString())).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("the signed SHA256SUMS has no line for septet.tar.gz");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Captured septet = septet(folder.resolve("none"));
        assertThat(septet.run("verify", "--release", archive.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .contains(
                        "does not exist: create it (" + folder.resolve("none"),
                        "SEPTET_RELEASE_SIGNERS names another file");

        Files.setPosixFilePermissions(signers, PosixFilePermissions.fromString("rw-rw-r--"));
        septet = septet(signers);
        assertThat(septet.run("verify", "--release", archive.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("may be written by others: chmod go-w");

        Files.delete(archive.resolveSibling("SHA256SUMS.sig"));
        septet = septet(signers);
        assertThat(septet.run("verify", "--release", archive.toString())).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("SHA256SUMS.sig. Download SHA256SUMS and SHA256SUMS.sig");
        assertThat(septet.run("verify", "--release", archive.toString(), "--store"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void theKeyMayBeARelativePath() throws Exception {
        Files.delete(archive.resolveSibling("SHA256SUMS.sig"));
        run(folder, List.of(SCRIPT.toString(), "releaser", "release"));

        assertThat(septet(signers).run("verify", "--release", archive.toString()))
                .isEqualTo(ExitCode.OK);
    }

    /** A signature stays valid, so somebody could hand out an old release with known faults. */
    @Test
    void anOlderReleaseIsAWarning() throws Exception {
        Path debian = Files.writeString(archive.resolveSibling("septet_9.9.9~rc.1_amd64.deb"), "the package");
        run(List.of(SCRIPT.toString(), folder.resolve("releaser").toString(), String.valueOf(archive.getParent())));

        assertThat(warning(archive, "9.10.0")).contains("is version 9.9.9, older than this program (9.10.0)");
        assertThat(warning(debian, "9.9.9")).contains("is version 9.9.9-rc.1, older than this program (9.9.9)");
        assertThat(warning(archive, "9.9.9-SNAPSHOT")).isEmpty();
        assertThat(warning(archive, "9.9.9")).isEmpty();
        assertThat(warning(archive, null)).as("built from source").isEmpty();
    }

    private String warning(Path file, @Nullable String running) throws IOException {
        Captured septet = septet(signers);
        assertThat(new ReleaseVerification(septet.session(), running).run(file)).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).startsWith("ok  ");
        return septet.err();
    }

    /** The commands of the page, for a person who has no Septet yet. */
    @Test
    void theFirstDownloadIsProvedWithoutSeptet() throws Exception {
        String commands = DocPage.of("releases.md").blocks("sh").stream()
                .filter(block -> block.contains("ssh-keygen -Y verify"))
                .findFirst()
                .orElseThrow();
        Path release = archive.resolveSibling("");
        Files.copy(folder.resolve("releaser.pub"), release.resolve("septet-release.pub"));
        run(release, List.of("bash", "-e", "-c", commands));

        byte[] released = Files.readAllBytes(archive);
        Files.writeString(archive, "another archive");
        assertThat(status(release, commands)).as("another archive").isNotZero();
        Files.write(archive, released);
        key("stranger");
        run(List.of(SCRIPT.toString(), folder.resolve("stranger").toString(), release.toString()));
        assertThat(status(release, commands)).as("another signer").isNotZero();
    }

    private static int status(Path release, String commands) throws Exception {
        return new ProcessBuilder("bash", "-e", "-c", commands)
                .directory(release.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private Captured septet(Path allowed) {
        return new Captured(folder).with("SEPTET_RELEASE_SIGNERS", allowed.toString());
    }

    private void key(String name) throws Exception {
        run(List.of(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                folder.resolve(name).toString()));
    }

    private void run(List<String> command) throws Exception {
        run(folder, command);
    }

    private static void run(Path where, List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
