package dev.septet.activities.attempt;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.bucket.ObjectStoreException;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.sandbox.ReplacedProgramException;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.train.data.TrainingProblem;
import dev.septet.settings.SecretValues;
import dev.septet.workflows.FailureType;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Converts every error to a failure whose type is a {@link FailureType}. */
public final class Failures {
    private static final int MAX_MESSAGE = 4096;

    /** Causes that a failure has; a chain may be longer, or lead back to its beginning. */
    private static final int CAUSES = 50;

    private static final int DEEPEST = 10_000;

    private Failures() {}

    /** The failure that ends an activity. Cancellations and Temporal failures are returned unchanged. */
    public static RuntimeException of(Throwable problem) {
        if (problem instanceof ActivityCompletionException stop) {
            return stop;
        }
        if (problem instanceof TemporalFailure known) {
            return known;
        }
        Throwable cause = unwrapped(problem);
        SecretValues secrets = SecretValues.of(System.getenv());
        return type(cause).of(explanation(cause, secrets), copyOf(cause, secrets));
    }

    /** The message of a problem that becomes a failure of one of these types; null for any other problem. */
    public static @Nullable String messageOf(Exception problem, Set<FailureType> types) {
        return of(problem) instanceof ApplicationFailure failure
                        && types.stream().anyMatch(type -> type.type().equals(failure.getType()))
                ? failure.getOriginalMessage()
                : null;
    }

    /** The message of a failure, without its type. */
    static String sentence(RuntimeException failure) {
        return failure instanceof TemporalFailure known
                ? known.getOriginalMessage()
                : message(failure, SecretValues.of(System.getenv()));
    }

    private static FailureType type(Throwable problem) {
        if (problem instanceof StageProblem known) {
            return known.type();
        }
        if (problem instanceof DatasetProblem known) {
            return switch (known.blame()) {
                case PIPELINE -> FailureType.INVALID_PIPELINE;
                case DATA -> FailureType.POISON_DATA;
            };
        }
        if (problem instanceof FencedException) {
            return FailureType.FENCED;
        }
        if (problem instanceof DiskFullException) {
            return FailureType.DISK_FULL;
        }
        if (problem instanceof ObjectStoreException) {
            return FailureType.STORE_AWAY;
        }
        if (problem instanceof CorruptArtifactException) {
            return FailureType.CHECKPOINT_CORRUPT;
        }
        if (problem instanceof MissingKeyException) {
            return FailureType.POLICY_DENIED;
        }
        if (problem instanceof ReplacedProgramException) {
            return FailureType.PROGRAM_REPLACED;
        }
        if (problem instanceof OutOfMemoryError || problem instanceof OutOfMemory) {
            return FailureType.OUT_OF_MEMORY;
        }
        boolean invalid = problem instanceof FormatProblem
                || problem instanceof ExtensionProblem
                || problem instanceof TrainingProblem
                || problem instanceof TemplateProblem
                || problem instanceof NoSuchFileException
                || problem instanceof AccessDeniedException;
        return invalid ? FailureType.INVALID_PIPELINE : FailureType.BACKEND_FAILED;
    }

    private static String explanation(Throwable problem, SecretValues secrets) {
        if (problem instanceof CorruptArtifactException) {
            return message(problem, secrets)
                    + ". Start the pipeline again: damaged results are recomputed, the rest is"
                    + " kept";
        }
        if (problem instanceof NoSuchFileException missing) {
            return missing.getFile() + ": no such file";
        }
        if (problem instanceof AccessDeniedException denied) {
            return denied.getFile() + ": this worker may not read or write it";
        }
        if (problem instanceof OutOfMemoryError) {
            return "memory ran out: use a smaller batch size with more accumulate, or a smaller"
                    + " maxTokens ("
                    + message(problem, secrets)
                    + ")";
        }
        if (problem instanceof MissingKeyException) {
            return message(problem, secrets) + " Start the workers again, then resume the run";
        }
        if (problem instanceof IOException && !(problem instanceof DiskFullException)) {
            return "cannot read or write: " + message(problem, secrets);
        }
        boolean unknown = type(problem) == FailureType.BACKEND_FAILED && !(problem instanceof StageProblem);
        return unknown
                ? problem.getClass().getSimpleName() + ": " + message(problem, secrets)
                : message(problem, secrets);
    }

    /**
     * The error inside its wrappers. Any I/O error on a full disk becomes a {@link DiskFullException},
     * and any failed allocation of libtorch an {@link OutOfMemory}.
     */
    private static Throwable unwrapped(Throwable problem) {
        if (problem instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return unwrapped(wrapped.getCause());
        }
        return problem instanceof IOException failure
                ? DiskFullException.orSame(failure)
                : OutOfMemory.recognized(problem);
    }

    /** A copy of the cause chain without quoted data and secrets; of a long chain, its beginning and its last cause. */
    private static Throwable copyOf(Throwable problem, SecretValues secrets) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> chain = new ArrayList<>();
        for (Throwable at = problem; at != null && seen.add(at) && seen.size() < DEEPEST; at = at.getCause()) {
            chain.add(at);
        }
        if (chain.size() > CAUSES) {
            chain.subList(CAUSES - 1, chain.size() - 1).clear();
        }
        ApplicationFailure copy = null;
        for (int at = chain.size() - 1; at >= 0; at--) {
            Throwable original = chain.get(at);
            copy = ApplicationFailure.newFailureWithCause(
                    message(original, secrets), original.getClass().getName(), copy);
            copy.setStackTrace(original.getStackTrace());
        }
        return Objects.requireNonNull(copy, "a chain has at least one problem");
    }

    /** At most 4 KiB, because a larger failure cannot be reported at all. */
    private static String message(Throwable problem, SecretValues secrets) {
        String text = secrets.hiddenIn(PublicText.of(problem).toString());
        boolean ours = problem.getClass().getName().startsWith("dev.septet.");
        String shown = ours ? text : SecretValues.lookAlikesHiddenIn(text);
        if (shown.length() <= MAX_MESSAGE) {
            return shown;
        }
        int end = Character.isHighSurrogate(shown.charAt(MAX_MESSAGE - 1)) ? MAX_MESSAGE - 1 : MAX_MESSAGE;
        return shown.substring(0, end) + " ...";
    }
}
