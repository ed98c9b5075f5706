package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Detects the format of a record by its field names. */
public final class FormatDetection {
    /** The field names of each format. */
    public static final PublicText SHAPES =
            PublicText.of("messages (chat), conversations (sharegpt), instruction and output (alpaca), prompt and"
                    + " completion, chosen and rejected (preference), prompt and responses (ranked), or text");

    private FormatDetection() {}

    public static Optional<DatasetFormat> of(ObjectNode record) {
        if (record.has("messages")) {
            return Optional.of(DatasetFormat.CHAT);
        }
        if (record.has("instruction") && record.has("output")) {
            return Optional.of(DatasetFormat.ALPACA);
        }
        if (record.has("prompt") && record.has("completion")) {
            return Optional.of(DatasetFormat.COMPLETION);
        }
        if (record.has("chosen") && record.has("rejected")) {
            return Optional.of(DatasetFormat.PREFERENCE);
        }
        if (record.has("text")) {
            return Optional.of(DatasetFormat.TEXT);
        }
        // Newer formats come last: a row that was read as one of the formats above still is.
        if (record.has("conversations")) {
            return Optional.of(DatasetFormat.SHAREGPT);
        }
        return record.has("prompt") && record.path("responses").isArray()
                ? Optional.of(DatasetFormat.RANKED)
                : Optional.empty();
    }

    public static DatasetProblem unknown(RowPlace place, ObjectNode record) {
        List<PublicText> names = new ArrayList<>();
        record.fieldNames().forEachRemaining(name -> names.add(PublicText.field(name)));
        PublicText found =
                names.isEmpty() ? PublicText.of("none") : PublicText.list(names.subList(0, Math.min(8, names.size())));
        return new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s: the row's shape is not known; its fields are: %s. Expected %s",
                        place.shown(), found, SHAPES));
    }
}
