package dev.septet.activities.approval;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.approval.AnswerActivities;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.CheckedAnswer;
import dev.septet.workflows.approval.SignedText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** Verifies which person answered. Signatures are checked against the operator's allowed signers. */
public final class AnswerActivitiesImpl implements AnswerActivities {
    private static final String SIGNER = "[A-Za-z0-9][A-Za-z0-9._+-]{0,63}";

    private final ApprovalSettings settings;

    public AnswerActivitiesImpl(ApprovalSettings settings) {
        this.settings = settings;
    }

    @Override
    public CheckedAnswer check(AnswerRequest request) {
        try {
            ApprovalDecision answer = request.answer();
            String by = Objects.requireNonNullElse(answer.by(), "");
            String signature = answer.signature();
            if (signature != null) {
                return signed(request, by, signature);
            }
            if (!settings.unsigned()) {
                throw refused(
                        "an answer must be signed: `septet %s ... --by NAME --key FILE`, where FILE is your SSH key, or the .pub of a key that your agent holds. This worker's operator has your key in the file that %s names"
                                .formatted(request.approves() ? "approve" : "reject", Setting.APPROVERS.variable()));
            }
            return new CheckedAnswer(PersonName.of(by), false, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.of(e);
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
    }

    private CheckedAnswer signed(AnswerRequest request, String by, String signature)
            throws IOException, InterruptedException {
        Path file = settings.signers();
        if (file == null) {
            throw refused(
                    "this worker has no keys of approvers: its operator must name OpenSSH's file of allowed signers in %s"
                            .formatted(Setting.APPROVERS.variable()));
        }
        if (!by.matches(SIGNER)) {
            throw refused(
                    "by: a signed answer needs the signer's name from the operator's file, such as" + " --by anna");
        }
        String text = SignedText.of(request.run().runId(), request.answer(), request.approves());
        new Signers(file).check(by + "@" + request.question().role(), text, signature);
        return new CheckedAnswer(PersonName.of(by), true, null);
    }

    private static StageProblem refused(String reason) {
        return new StageProblem(FailureType.REFUSED, reason);
    }
}
