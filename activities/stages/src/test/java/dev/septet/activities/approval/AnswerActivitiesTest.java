package dev.septet.activities.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalRequest;
import dev.septet.workflows.approval.CheckedAnswer;
import dev.septet.workflows.approval.SignedText;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and signatures are OpenSSH's own. */
@Timeout(180)
class AnswerActivitiesTest {
    private static final String MODEL = "e".repeat(64);
    private static final String REPORT = "0".repeat(64);
    private static final ApprovalRequest QUESTION =
            new ApprovalRequest("ml-oncall", 2, "2026-01-01T00:00:00Z", MODEL, REPORT);

    @TempDir
    Path folder;

    private Path signers = Path.of("");

    @BeforeEach
    void allow() throws Exception {
        signers = folder.resolve("approvers");
        Files.writeString(
                signers,
                "anna@ml-oncall namespaces=\"septet-approval\" %s\nben@dev %s\n".formatted(key("anna"), key("ben")));
    }

    @Test
    void takesTheAnswerOfAKeyThatTheOperatorAllows() throws Exception {
        CheckedAnswer checked = check(strict(), signed("anna", answer("anna"), true), true);
        assertThat(checked).isEqualTo(new CheckedAnswer("anna", true, null));
        check(strict(), signed("anna", answer("anna"), false), false);
    }

    @Test
    void refusesASignatureOfAnythingElse() throws Exception {
        ApprovalDecision yes = signed("anna", answer("anna"), true);
        String signature = String.valueOf(yes.signature());
        refused(
                strict(),
                yes,
                false,
                "this is not a signature of this answer by a key that this worker's operator allows for"
                        + " anna@ml-oncall");
        refused(
                strict(),
                new ApprovalDecision("anna", "ml-oncall", "f".repeat(64), REPORT, "fine", signature),
                true,
                "this is not a signature");
        refused(
                strict(),
                new ApprovalDecision("anna", "ml-oncall", MODEL, "1".repeat(64), "fine", signature),
                true,
                "this is not a signature");
        refused(
                strict(),
                new ApprovalDecision("anna", "ml-oncall", MODEL, REPORT, "ship it", signature),
                true,
                "this is not a signature");
        AnswerRequest other = new AnswerRequest(new RunRef("bot", "run-2", "/srv/bot", "5eed"), QUESTION, yes, true);
        assertThatThrownBy(() -> new AnswerActivitiesImpl(strict()).check(other))
                .hasMessageContaining("this is not a signature");
    }

    @Test
    void refusesAPersonWhoseKeyItIsNotOrWhoHasNotTheRole() throws Exception {
        refused(strict(), signed("ben", answer("anna"), true), true, "this is not a signature");
        refused(strict(), signed("ben", answer("ben"), true), true, "ben@ml-oncall");
        refused(strict(), signed("mallory", answer("anna"), true), true, "this is not a signature");
        for (String by : List.of("", "anna@ml-oncall", "an na", "*", "-f")) {
            refused(strict(), signed("anna", answer(by), true), true, "needs the signer's name");
        }
        for (String text : List.of("", "AAAA", "-----BEGIN SSH SIGNATURE-----\n")) {
            refused(strict(), answer("anna").signed(text), true, "signature");
        }
    }

    @Test
    void refusesANameAloneUnlessTheOperatorTakesItAtItsWord() {
        refused(strict(), answer("anna"), true, "an answer must be signed: `septet approve ... --by NAME --key FILE`");
        assertThat(check(trusting(), answer("Anna"), true)).isEqualTo(new CheckedAnswer("anna", false, null));
    }

    @Test
    void refusesAFileThatOthersMayWriteOrThatIsNotThere() throws Exception {
        ApprovalDecision yes = signed("anna", answer("anna"), true);
        Files.setPosixFilePermissions(signers, PosixFilePermissions.fromString("rw-rw-r--"));
        refused(strict(), yes, true, "may be written by others: chmod go-w");
        Files.delete(signers);
        refused(strict(), yes, true, "(SEPTET_APPROVERS): the file of allowed signers does not exist");
        refused(
                ApprovalSettings.of(Map.of()),
                yes,
                true,
                "must name OpenSSH's file of allowed signers in SEPTET_APPROVERS");
    }

    @ParameterizedTest
    @CsvSource({
        "Anna, anna",
        "'  ANNA  Berg ', anna berg",
        "\uFF21nna, anna",
        "Anna\u0301, ann\u00e1",
        "Stra\u00dfe, strasse"
    })
    void knowsOnePersonHoweverTheNameIsWritten(String written, String person) {
        assertThat(check(trusting(), answer(written), true).person()).isEqualTo(person);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Anna\u200B",
                "An\u00ADna",
                "\u202EannA",
                "Anna\uFE0F",
                "Anna\u3164",
                "An\u034Fna",
                "Anna\u2028",
                "Anna\uE000",
                "Anna\uD800",
                "\u115F"
            })
    void refusesANameWithWhatCannotBeSeen(String written) {
        refused(trusting(), answer(written), true, "an invisible character (U+");
    }

    private static ApprovalDecision answer(String by) {
        return new ApprovalDecision(by, "ml-oncall", MODEL, REPORT, "fine");
    }

    private ApprovalDecision signed(String key, ApprovalDecision answer, boolean approves) throws Exception {
        Path file = folder.resolve(key);
        if (!Files.exists(file)) {
            key(key);
        }
        Process process = new ProcessBuilder(
                        List.of("ssh-keygen", "-Y", "sign", "-f", file.toString(), "-n", SignedText.NAMESPACE))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var in = process.getOutputStream()) {
            in.write(SignedText.of("run-1", answer, approves).getBytes(StandardCharsets.UTF_8));
        }
        return answer.signed(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** Makes a key pair; its public line. */
    private String key(String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        new ProcessBuilder(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file.toString()))
                .start()
                .waitFor();
        return Files.readString(folder.resolve(name + ".pub")).strip();
    }

    private ApprovalSettings strict() {
        return ApprovalSettings.of(Map.of("SEPTET_APPROVERS", signers.toString()));
    }

    private static ApprovalSettings trusting() {
        return ApprovalSettings.of(Map.of("SEPTET_UNSIGNED_APPROVALS", "allow"));
    }

    private static CheckedAnswer check(ApprovalSettings settings, ApprovalDecision answer, boolean approves) {
        return new AnswerActivitiesImpl(settings)
                .check(new AnswerRequest(new RunRef("bot", "run-1", "/srv/bot", "5eed"), QUESTION, answer, approves));
    }

    private static void refused(ApprovalSettings settings, ApprovalDecision answer, boolean approves, String words) {
        assertThatThrownBy(() -> check(settings, answer, approves))
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getType()).isEqualTo("Refused");
                    assertThat(failure.getOriginalMessage()).contains(words);
                });
    }
}
