package dev.septet.workflows;

import dev.septet.dsl.text.PublicText;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the original failure under the wrappers of child workflows and activities. */
public final class FailureCauses {
    /** A type is any text; that of a class has these characters. */
    private static final Pattern TYPE_NAME = Pattern.compile("[\\w.$]{1,200}");

    private FailureCauses() {}

    /**
     * The outermost failure of one of Septet's types, otherwise the innermost application failure; null when there is
     * none.
     */
    public static @Nullable ApplicationFailure root(Throwable failure) {
        ApplicationFailure found = null;
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ApplicationFailure application) {
                found = application;
                if (isOurs(application.getType())) {
                    return application;
                }
            }
        }
        return found;
    }

    /** Whether the failure or one of its causes is a cancellation. */
    public static boolean cancelled(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof CanceledFailure) {
                return true;
            }
        }
        return false;
    }

    /** A message for people, without the texts of the wrappers. */
    public static String message(Throwable failure) {
        ApplicationFailure root = root(failure);
        if (root != null) {
            return PublicText.visible(String.valueOf(root.getOriginalMessage()));
        }
        Throwable at = failure;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        String message = at instanceof TemporalFailure temporal ? temporal.getOriginalMessage() : at.getMessage();
        return message == null ? "failed without a message" : PublicText.visible(message);
    }

    /** The type of a failure, which quotes no data: one of Septet's types, otherwise the name of a class. */
    public static String type(Throwable failure) {
        ApplicationFailure root = root(failure);
        if (root != null) {
            return TYPE_NAME.matcher(root.getType()).matches() ? root.getType() : "ApplicationFailure";
        }
        Throwable at = failure;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        return at.getClass().getSimpleName();
    }

    private static boolean isOurs(String type) {
        for (FailureType known : FailureType.values()) {
            if (known.type().equals(type)) {
                return true;
            }
        }
        return false;
    }
}
