package dev.septet.activities.prepare;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.document.ChunkLimit;
import dev.septet.activities.dataset.document.TextTokens;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.activities.prepare.label.LabelFunctions;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks that the format of the rows fits the training's objective. */
public final class ObjectiveCheck {
    private ObjectiveCheck() {}

    /**
     * Reads the rows of each source up to the first one that has a format.
     *
     * @return the formats of the sources' rows: the spec's, or those of these rows
     * @throws StageProblem when the objective cannot use one, or when pairs and single answers are
     *     mixed
     */
    public static Set<DatasetFormat> check(PrepareSpec spec, SourceSet sources, @Nullable ObjectiveSpec objective)
            throws IOException {
        return check(spec, sources, RowSample.WHOLE, objective);
    }

    /** The same check of a sample of the rows. */
    static Set<DatasetFormat> check(
            PrepareSpec spec, SourceSet sources, RowSample sample, @Nullable ObjectiveSpec objective)
            throws IOException {
        Set<DatasetFormat> formats = EnumSet.noneOf(DatasetFormat.class);
        for (DatasetSource source : sources.sources()) {
            DatasetFormat format = format(spec, source, sample);
            ObjectiveSpec.mismatch(objective, format).ifPresent(reason -> {
                throw StageProblem.invalid("prepare: %s: %s".formatted(source.name(), reason));
            });
            formats.add(format);
        }
        if (formats.stream().map(DatasetFormat::pairs).distinct().count() > 1) {
            throw StageProblem.invalid(
                    "prepare: %s: some datasets have pairs of answers, others have single answers; use datasets of one kind"
                            .formatted(sources.name()));
        }
        return formats;
    }

    private static DatasetFormat format(PrepareSpec spec, DatasetSource source, RowSample sample) throws IOException {
        DatasetFormat format = source.spec().format();
        for (SourceFile file : source.files()) {
            if (format != DatasetFormat.AUTO) {
                break;
            }
            LabelSpec label = spec.label();
            RecordEdit transforms = new Transforms(spec.transforms());
            // The field of `label` may be the one that decides the format.
            RecordEdit edit = label == null ? transforms : new LabelFunctions(transforms, label);
            ChunkLimit chunks = new ChunkLimit(spec.maxTokens(), 0, TextTokens.ESTIMATED);
            try (DatasetReader reader =
                    DatasetReader.open(file, source.spec(), format, spec.names(), edit, sample, chunks)) {
                while (reader.format() == DatasetFormat.AUTO && reader.next().isPresent()) {
                    // the next row may have one
                }
                format = reader.format();
            }
        }
        return format;
    }
}
