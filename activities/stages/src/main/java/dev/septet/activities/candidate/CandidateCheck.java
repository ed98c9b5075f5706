package dev.septet.activities.candidate;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.prepare.ContextLimit;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.candidate.CandidateRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The check of a candidate before any exam. A run and a plan make the same one. */
public final class CandidateCheck {
    /** Reasons that belong to the candidate. Any other failure ends or repeats the attempt. */
    private static final Set<FailureType> OF_THE_CANDIDATE =
            Set.of(FailureType.INVALID_PIPELINE, FailureType.POLICY_DENIED);

    private CandidateCheck() {}

    /**
     * Fetches the candidate and checks that it can be trained and exported as the file says.
     *
     * @param progress receives the progress of a download
     * @throws RuntimeException for which {@link #whyLeftOut} has a reason, when it cannot be the base model
     */
    public static BaseModel open(BaseModelFiles models, CandidateRequest request, Consumer<Progress> progress)
            throws IOException {
        Path folder = models.folder(request.run(), request.initialize(), progress);
        BaseModel model = BaseModel.open(folder);
        request.setup().methods(request.train()).forEach(method -> model.check(request.initialize(), method));
        if (request.deploys()) {
            model.checkExport();
        }
        ContextLimit.check(folder, request.prepare().maxTokens());
        new ModelRowEncoder(folder, request.prepare().maxTokens()).close(); // it has a tokenizer that can be read
        return model;
    }

    /** Why a candidate with this problem is left out; null when the problem does not belong to the candidate. */
    public static @Nullable String whyLeftOut(Exception problem) {
        return Failures.messageOf(problem, OF_THE_CANDIDATE);
    }
}
