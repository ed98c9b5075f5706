package dev.septet.activities.approval;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.approval.SignedText;
import java.io.IOException;
import java.nio.file.Path;

/** The people who may answer approvals, by the file that the operator names. */
record Signers(Path file) {
    /**
     * Checks that the identity's key signed the text.
     *
     * @param identity {@code PERSON@ROLE}
     * @throws StageProblem REFUSED otherwise
     */
    void check(String identity, String text, String signature) throws IOException, InterruptedException {
        if (!AllowedSigners.isSignature(signature)) {
            throw refused("the signature is not an OpenSSH signature, as `ssh-keygen -Y sign` writes it");
        }
        try {
            if (!new AllowedSigners(file, SignedText.NAMESPACE).signed(identity, text, signature)) {
                throw refused(
                        "this is not a signature of this answer by a key that this worker's operator allows for %s"
                                .formatted(identity));
            }
        } catch (AllowedSigners.Unusable unusable) {
            throw refused("this worker's operator must act (%s): %s"
                    .formatted(Setting.APPROVERS.variable(), unusable.getMessage()));
        }
    }

    private static StageProblem refused(String reason) {
        return new StageProblem(FailureType.REFUSED, reason);
    }
}
