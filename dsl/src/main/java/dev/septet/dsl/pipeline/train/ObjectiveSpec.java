package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The training objective. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SupervisedSpec.class, name = "supervised"),
    @JsonSubTypes.Type(value = UnsupervisedSpec.class, name = "unsupervised"),
    @JsonSubTypes.Type(value = DpoSpec.class, name = "dpo")
})
public sealed interface ObjectiveSpec permits SupervisedSpec, UnsupervisedSpec, DpoSpec {
    /** Whether the objective can learn rows of this format, which is not {@code AUTO}. */
    boolean learns(DatasetFormat format);

    /** The data that the objective learns, for messages. */
    String learned();

    /** The objective's name and its parameters, for messages. */
    String words();

    /**
     * Why the objective cannot learn rows of this format, and what to do. Empty when it can, or when the format is not
     * known yet.
     *
     * @param objective null when the file declares none: then answers are learned, and all of plain text
     */
    static Optional<String> mismatch(@Nullable ObjectiveSpec objective, DatasetFormat format) {
        boolean learns =
                format == DatasetFormat.AUTO || (objective == null ? !format.pairs() : objective.learns(format));
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
            case PREFERENCE, RANKED -> "dpo()";
            case TEXT -> "unsupervised()";
            default -> "supervised()";
        };
    }
}
