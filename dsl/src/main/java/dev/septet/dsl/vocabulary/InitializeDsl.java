package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.HubId;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.evaluate.RequireSpec;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.dsl.pipeline.train.FreezeSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.RangeValue;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Required;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Model initialization: the base model, its requirements, and the layers to freeze. */
public final class InitializeDsl extends StageDsl {
    private String model = "";
    private @Nullable String revision;
    private @Nullable String digest;
    private @Nullable RequireSpec constraints;
    private @Nullable FreezeSpec freeze;
    private List<String> candidates = List.of();
    private @Nullable CandidateTrainingSpec training;

    InitializeDsl() {
        super(InitializeSpec.DEFAULT_POLICY);
    }

    /**
     * The base model: a folder in Hugging Face layout, a .gguf file, or the name of a model on the Hugging Face Hub.
     * {@code revision:} is the Hub's branch, tag or commit. {@code digest:} is the sha256 that the model's files must
     * have. A block has either {@code model} or {@code candidates}.
     */
    @Required(unless = "candidates")
    @Example("model 'models/base'")
    public void model(
            @PathTo(PathTo.Place.MODEL) @Example("'models/base'") String path,
            @Option @Example("'v1.0'") @Nullable String revision,
            @Option @Example("'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'") @Nullable
                    String digest) {
        Refusal.unless(
                revision == null || HubId.of(path).isPresent(),
                "revision: is for a model on the hub, such as 'owner/name'; '%s' is not one",
                path);
        Refusal.unless(
                revision == null || HubId.isRevision(revision), "revision: must name a branch, a tag or a commit");
        Refusal.unless(
                digest == null || digest.matches("[0-9a-f]{64}"),
                "digest: must be a sha256 of 64 lower-case hexadecimal digits");
        model = path;
        this.revision = revision;
        this.digest = digest;
    }

    /**
     * Models to choose the base model from, 2 to 8 in place of {@code model}. Each one is a folder in Hugging Face layout, a .gguf
     * file, or the name of a model on the Hugging Face Hub. Before the dataset is prepared for training, each candidate is examined
     * on the rows of the validation split. The one that needs the fewest bits per byte of the reference answers is the base model;
     * of candidates within 1 percent of it, the one with the fewest parameters. A candidate that does not meet {@code require} is
     * left out. With {@code steps:}, the best {@code keep:} candidates of this exam, 2 by default, train for the first steps of the
     * file's own training. Then the same rule chooses among them by their values after the training.
     */
    @Example("candidates 'models/small', 'models/base'")
    public void candidates(
            @Option @Example("40") @Nullable Integer steps,
            @Option @Example("2") @Nullable Integer keep,
            @PathTo(PathTo.Place.MODEL) @Example("'models/small', 'models/base'") String... paths) {
        Refusal.unless(
                paths.length >= 2 && paths.length <= InitializeSpec.MOST_CANDIDATES,
                "candidates takes 2 to %s models, got %s",
                InitializeSpec.MOST_CANDIDATES,
                paths.length);
        Set<String> seen = new HashSet<>();
        for (String path : paths) {
            Refusal.unless(seen.add(path), "candidates: '%s' is named twice", path);
        }
        Refusal.unless(
                steps != null || keep == null,
                "keep: is how many candidates train for some steps; add steps:, such as steps: 40, or leave keep: out");
        int trained = keep == null ? CandidateTrainingSpec.DEFAULT_KEEP : keep;
        Refusal.unless(
                trained <= paths.length,
                "keep: %s is more than the %s candidates; keep at most all of them",
                trained,
                paths.length);
        training = steps == null ? null : new CandidateTrainingSpec(steps, trained);
        candidates = List.of(paths);
    }

    /** Requirements on the base model: an allowed licence, and a largest number of parameters. */
    @Example("require licence: ['apache-2.0', 'mit'], parameters: 200.million")
    public void require(
            @Option @Example("['apache-2.0', 'mit']") @Nullable List<String> licence,
            @Option @Example("200.million") @Nullable Long parameters) {
        Refusal.unless(licence != null || parameters != null, "require needs licence: or parameters:");
        Refusal.unless(licence == null || !licence.isEmpty(), "licence: needs at least one licence");
        constraints = new RequireSpec(licence == null ? List.of() : licence, parameters);
    }

    /** Decoder layers that training does not change, counted from 0. */
    @Example("freeze layers: 0..11")
    public void freeze(@Option @Example("0..11") RangeValue layers) {
        freeze = new FreezeSpec(layers.first(), layers.last());
    }

    InitializeSpec spec() {
        Refusal.unless(
                model.isEmpty() || candidates.isEmpty(),
                "initialize has `model` and `candidates`; keep one of them: `candidates` names the models to choose"
                        + " from");
        return new InitializeSpec(
                candidates.isEmpty() ? model : candidates.get(0),
                revision,
                digest,
                constraints,
                freeze,
                candidates,
                training,
                policy());
    }
}
