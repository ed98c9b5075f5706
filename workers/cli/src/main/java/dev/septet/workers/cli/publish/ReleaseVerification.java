package dev.septet.workers.cli.publish;

import dev.septet.activities.approval.AllowedSigners;
import dev.septet.activities.store.Sha256;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies a downloaded release before it is unpacked, for {@code septet verify --release}: the signature of the list of
 * digests beside it, then the file's digest. The signers come from the operator, never from the release.
 */
record ReleaseVerification(Session session) {
    /** The list of digests, as {@code sha256sum} writes it. */
    private static final String LIST = "SHA256SUMS";

    private static final String SIGNATURE = LIST + ".sig";
    private static final String NAMESPACE = "septet-release";
    private static final String IDENTITY = "release";
    private static final String DEFAULT_SIGNERS = "/etc/septet/release-signers";
    private static final int LONGEST = 1 << 16;

    /**
     * Prints that the file is what a signer released.
     *
     * @throws CliProblem RUN_FAILED when it is not; NOT_FOUND when a file is missing; USAGE when the signers are unusable
     */
    int run(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CliProblem(ExitCode.NOT_FOUND, "there is no file %s".formatted(file));
        }
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        String list = text(folder.resolve(LIST));
        String signature = text(folder.resolve(SIGNATURE));
        String named = Setting.RELEASE_SIGNERS.text(session.environment());
        Path signers = Path.of(named.isEmpty() ? DEFAULT_SIGNERS : named);
        try {
            if (!new AllowedSigners(signers, NAMESPACE).signed(IDENTITY, list, signature)) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "%s is not a signature of %s by a key that %s allows for `%s`. Do not install this release: download it again, and compare the signers with those that the project publishes"
                                .formatted(SIGNATURE, LIST, signers, IDENTITY));
            }
        } catch (AllowedSigners.Unusable unusable) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s (%s). %s names another file"
                            .formatted(unusable.getMessage(), signers, Setting.RELEASE_SIGNERS.variable()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliProblem(ExitCode.INTERRUPTED, "interrupted before the signature was checked");
        }
        String name = file.getFileName().toString();
        String expected = listed(list, name);
        String found = Sha256.of(file);
        if (!found.equals(expected)) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s has the sha256 %s, but the signed list expects %s. Do not install it: download it again"
                            .formatted(file, found, expected));
        }
        session.terminal().print("ok  %s is the file that was signed (sha256 %s)".formatted(name, found));
        return ExitCode.OK;
    }

    private static String listed(String list, String name) {
        Matcher line = Pattern.compile("^([0-9a-f]{64}) [ *]" + Pattern.quote(name) + "$", Pattern.MULTILINE)
                .matcher(list);
        if (!line.find()) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the signed %s has no line for %s. A renamed file, or one of another release, is not proved: download it under its own name"
                            .formatted(LIST, name));
        }
        return line.group(1);
    }

    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no %s. Download %s and %s of the release into the same folder"
                            .formatted(file, LIST, SIGNATURE));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        String.format(
                                Locale.ROOT, "%s is larger than %d bytes: it is not of a release", file, LONGEST));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
