package dev.septet.activities.prepare;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Checks that the format of the rows fits the training's objective. */
public final class ObjectiveCheck {
    private ObjectiveCheck() {}

    /**
     * Reads rows up to the first one that has a format.
     *
     * @return the format of the file's rows: the spec's, or that of this row
     * @throws StageProblem when the objective cannot use it
     */
    public static DatasetFormat check(PrepareSpec spec, SourceFile source, @Nullable ObjectiveSpec objective)
            throws IOException {
        return check(spec, source, RowSample.WHOLE, objective);
    }

    /** The same check of a sample of the rows. */
    static DatasetFormat check(PrepareSpec spec, SourceFile source, RowSample sample, @Nullable ObjectiveSpec objective)
            throws IOException {
        DatasetFormat format = format(spec, source, sample);
        ObjectiveSpec.mismatch(objective, format).ifPresent(reason -> {
            throw StageProblem.invalid("prepare: %s: %s".formatted(source.name(), reason));
        });
        return format;
    }

    private static DatasetFormat format(PrepareSpec spec, SourceFile source, RowSample sample) throws IOException {
        try (DatasetReader reader = DatasetReader.open(source, spec, new Transforms(spec.transforms()), sample)) {
            while (reader.format() == DatasetFormat.AUTO && reader.next().isPresent()) {
                // the next row may have one
            }
            return reader.format();
        }
    }
}
