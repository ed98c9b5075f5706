package dev.septet.activities.prepare.augment;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec.RowText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/** Changed copies of rows, as one {@code augment} declares them. */
public final class Augmentation {
    private final AugmentSpec spec;
    private final TextChange change;
    private final RowDraw draw;

    /**
     * @param files finds a file that the pipeline file names
     * @throws dev.septet.activities.dataset.file.DatasetProblem when the list of synonyms is not one
     */
    public Augmentation(AugmentSpec spec, Function<String, WordFile> files) throws IOException {
        this.spec = spec;
        draw = new RowDraw("augment " + kind(spec), spec.seed());
        change = switch (spec.kind()) {
            case CASING -> new Casing();
            case TYPOS -> new TypingMistakes();
            case SYNONYMS ->
                AugmentSpec.WORDNET.equals(spec.words())
                        ? new Synonyms(WordNet.get())
                        : new Synonyms(files.apply(Objects.requireNonNull(spec.wordFile())));
            case TEMPLATE -> new Forms(spec.forms());
        };
    }

    /** The name of the kind in rows and in the card. */
    public static String kind(AugmentSpec spec) {
        return spec.kind().name().toLowerCase(Locale.ROOT);
    }

    /**
     * The changed copies of a row, each different from it; none for a row that is not chosen, or that has nothing to
     * change.
     *
     * @param digest the row's digest
     */
    public List<Row> copies(Row row, byte[] digest) {
        if (!draw.chooses(digest, spec.share())) {
            return List.of();
        }
        RowTextFields fields = RowTextFields.of(row);
        Set<String> changed = fields.of(spec.on());
        if (spec.kind() == AugmentSpec.Kind.TEMPLATE && spec.on() == RowText.PROMPT) {
            // Earlier turns of a conversation are context: only the last one is the question.
            changed.retainAll(fields.questions()
                    .subList(
                            Math.max(0, fields.questions().size() - 1),
                            fields.questions().size()));
        }
        List<Row> copies = new ArrayList<>();
        for (int copy = 0; copy < spec.copies(); copy++) {
            Random random = draw.random(digest, change.numbered() ? 0 : copy);
            int number = copy;
            boolean[] different = {false};
            try {
                Row other = row.edited((field, text) -> {
                    String after = changed.contains(field) ? change.apply(text, random, number) : text;
                    different[0] |= !after.equals(text);
                    return after;
                });
                if (different[0]) {
                    copies.add(other);
                }
            } catch (RowProblem notARow) {
                // A change that leaves no valid row, such as an empty text, makes no copy.
            }
        }
        return copies;
    }
}
