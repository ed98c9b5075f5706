package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What training makes better. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SupervisedSpec.class, name = "supervised"),
    @JsonSubTypes.Type(value = UnsupervisedSpec.class, name = "unsupervised"),
    @JsonSubTypes.Type(value = DpoSpec.class, name = "dpo")
})
public sealed interface ObjectiveSpec permits SupervisedSpec, UnsupervisedSpec, DpoSpec {
    /** Whether it can learn rows of a format that is not {@code AUTO}. */
    boolean learns(DatasetFormat format);

    /** What it learns, for people. */
    String learned();

    /** Its name and numbers, for people. */
    String words();

    /**
     * Why rows of a format cannot be learned, with what to do; empty when they can, or when the
     * format is not known yet.
     *
     * @param objective null where the file names none: answers are learned, and all of plain text
     */
    static Optional<String> mismatch(@Nullable ObjectiveSpec objective, DatasetFormat format) {
        boolean learns = format == DatasetFormat.AUTO
                || (objective == null ? format != DatasetFormat.PREFERENCE : objective.learns(format));
        return learns
                ? Optional.empty()
                : Optional.of("%s, but the dataset's rows are %s; use `objective %s`"
                        .formatted(
                                objective == null ? "training learns answers and plain text" : objective.learned(),
                                format.name().toLowerCase(Locale.ROOT),
                                fitting(format)));
    }

    private static String fitting(DatasetFormat format) {
        return switch (format) {
            case PREFERENCE -> "dpo()";
            case TEXT -> "unsupervised()";
            default -> "supervised()";
        };
    }
}
