package dev.septet.activities.approval;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.identity.IdTokens;
import dev.septet.activities.identity.IdentityProvider;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.approval.AnswerActivities;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.CheckedAnswer;
import dev.septet.workflows.approval.SignedText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Verifies which person answered: by a signature, which is checked against the operator's allowed signers, or by a token of
 * the operator's identity provider.
 */
public final class AnswerActivitiesImpl implements AnswerActivities {
    private static final String SIGNER = "[A-Za-z0-9][A-Za-z0-9._+-]{0,63}";

    private final ApprovalSettings settings;
    private final @Nullable IdTokens tokens;

    public AnswerActivitiesImpl(ApprovalSettings settings) {
        this.settings = settings;
        IdentityProvider identity = settings.identity();
        tokens = identity == null ? null : new IdTokens(identity, Clock.systemUTC());
    }

    @Override
    public CheckedAnswer check(AnswerRequest request) {
        try {
            ApprovalDecision answer = request.answer();
            String by = Objects.requireNonNullElse(answer.by(), "");
            String signature = answer.signature();
            if (signature != null && IdTokens.isToken(signature)) {
                return signedIn(request, by, signature);
            }
            if (signature != null) {
                return signed(request, by, signature);
            }
            if (!settings.unsigned()) {
                throw refused(
                        "an answer must be signed: `septet %s ... --by NAME --key FILE`, where FILE is your SSH key, or the .pub of a key that your agent holds. This worker's operator has your key in the file that %s names%s"
                                .formatted(
                                        request.approves() ? "approve" : "reject",
                                        Setting.APPROVERS.variable(),
                                        tokens == null ? "" : ". Or sign in with --by NAME --sign-in"));
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
        int quorum = request.question().quorum();
        if (tokens != null && quorum > 1 && request.approves()) {
            throw refused(String.format(
                    Locale.ROOT,
                    "%d people must approve, and one person can have two names: one of a key, and one at the identity provider. So only sign-ins count here: answer with --by NAME --sign-in",
                    quorum));
        }
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

    /** The person signed in at the identity provider for this answer. */
    private CheckedAnswer signedIn(AnswerRequest request, String by, String token)
            throws IOException, InterruptedException {
        IdentityProvider identity = settings.identity();
        if (identity == null || tokens == null) {
            throw refused(
                    "this worker has no identity provider: its operator must declare one in the section `identity` of the file that %s names"
                            .formatted(Setting.TRAINERS.variable()));
        }
        String text = SignedText.of(request.run().runId(), request.answer(), request.approves());
        IdTokens.Person person;
        try {
            person = tokens.check(token, text);
        } catch (IdTokens.Refused e) {
            throw refused("this is not a sign-in for this answer: " + e.getMessage());
        } catch (IOException e) {
            // Not an unreachable store or server: the person may answer again when the provider can be reached.
            throw refused("the identity provider cannot be asked for its keys: " + e.getMessage());
        }
        String name = PersonName.of(person.name());
        if (!name.equals(PersonName.of(by))) {
            throw refused(
                    "by: another person signed in than the answer names; give your name at the identity provider");
        }
        String role = request.question().role();
        if (!identity.has(person, role)) {
            throw refused("%s is in none of the groups that this worker's operator allows for the role %s"
                    .formatted(name, role));
        }
        return new CheckedAnswer(name, true, null);
    }

    private static StageProblem refused(String reason) {
        return new StageProblem(FailureType.REFUSED, reason);
    }
}
