package dev.septet.activities.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A guard's verdict about a prompt or an answer. It has none of their texts.
 *
 * @param on {@code input} or {@code output}
 * @param unsafe whether the guard judged the text as unsafe
 * @param action {@code refused}, {@code flagged}, or {@code none} for a text that is safe or of no category that counts
 * @param probability of unsafe against safe; null where it is not known
 * @param categories codes or names of what is unsafe
 * @param guard digest of the guard
 * @param millis milliseconds from the request for the verdict to the verdict
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditedVerdict(
        String on,
        boolean unsafe,
        String action,
        @Nullable Double probability,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> categories,
        String guard,
        long millis) {
    public static final String REFUSED = "refused";
    public static final String FLAGGED = "flagged";
    public static final String NONE = "none";

    public AuditedVerdict {
        categories = List.copyOf(categories);
    }
}
