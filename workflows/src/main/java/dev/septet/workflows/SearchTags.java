package dev.septet.workflows;

import dev.septet.dsl.text.PublicText;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * Septet's search attributes, by which runs are found: a public contract. A server always rejects attributes that it
 * does not know, so a run learns first which ones it knows, and sets no others.
 *
 * <p>They contain only figures and the names of pipelines, files and models: never a prompt, an answer or a person.
 */
public final class SearchTags {
    public static final SearchAttributeKey<String> PIPELINE = SearchAttributeKey.forKeyword("SeptetPipeline");

    /** The stage that the run is at, or ended in. */
    public static final SearchAttributeKey<String> STAGE = SearchAttributeKey.forKeyword("SeptetStage");

    /** The base model as named in the file. */
    public static final SearchAttributeKey<String> MODEL = SearchAttributeKey.forKeyword("SeptetModel");

    /** The dataset as named in the file. */
    public static final SearchAttributeKey<String> DATASET = SearchAttributeKey.forKeyword("SeptetDataset");

    /** The gate's verdict: {@code GO}, {@code NO_GO}, {@code INCONCLUSIVE}. */
    public static final SearchAttributeKey<String> GATE = SearchAttributeKey.forKeyword("SeptetGate");

    /** The tuned model's score in the file's first metric. */
    public static final SearchAttributeKey<Double> SCORE = SearchAttributeKey.forDouble("SeptetScore");

    /** What started the run: {@code request}, {@code schedule}, {@code drift}, {@code feedback}. */
    public static final SearchAttributeKey<String> TRIGGER = SearchAttributeKey.forKeyword("SeptetTrigger");

    /** The drift confidence of the newest check, from 0 to 1. */
    public static final SearchAttributeKey<Double> DRIFT = SearchAttributeKey.forDouble("SeptetDrift");

    /** All attributes, in the order in which they are listed. */
    public static final List<SearchAttributeKey<?>> ALL =
            List.of(PIPELINE, STAGE, MODEL, DATASET, GATE, SCORE, DRIFT, TRIGGER);

    /** The length limit of keywords in SQL stores. */
    private static final int LONGEST = 255;

    private SearchTags() {}

    /**
     * Sets those of the updates that the server knows; called from workflow code. Leaves out a score that is not a
     * finite number, because servers reject it and the run would retry forever.
     *
     * @param known names that the server of this run knows
     */
    public static void set(List<String> known, SearchAttributeUpdate<?>... updates) {
        List<SearchAttributeUpdate<?>> accepted = new ArrayList<>();
        for (SearchAttributeUpdate<?> update : updates) {
            boolean finite = !(update.getValue().orElse(null) instanceof Double number) || Double.isFinite(number);
            if (finite && known.contains(update.getKey().getName())) {
                accepted.add(update);
            }
        }
        if (!accepted.isEmpty()) {
            Workflow.upsertTypedSearchAttributes(accepted.toArray(SearchAttributeUpdate[]::new));
        }
    }

    /**
     * A path or an id in searchable form. Of an absolute path only the last name is kept, because the folders above it
     * may name a person.
     */
    public static String name(String written) {
        String plain = PublicText.line(written).strip();
        boolean absolute = plain.startsWith("/") || plain.startsWith("~");
        String name = absolute ? plain.substring(plain.lastIndexOf('/') + 1) : plain;
        return name.length() <= LONGEST ? name : name.substring(name.length() - LONGEST);
    }
}
