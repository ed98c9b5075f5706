package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.LeakageSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.dsl.pipeline.train.BackEndCheck;
import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.vocabulary.PipelineDraft;
import dev.septet.dsl.vocabulary.word.LiteralText;
import java.util.Locale;
import java.util.Optional;

/** Checks the rules between stages. Stages that could not be bound are skipped. */
final class Rules {
    private final Problems problems;
    private final Places places;
    private final BackEndCheck backEnds;

    Rules(Problems problems, Places places, BackEndCheck backEnds) {
        this.problems = problems;
        this.places = places;
        this.backEnds = backEnds;
    }

    void check(PipelineDraft draft) {
        draft.stages().forEach((word, stage) -> heartbeat(word, stage.policy()));
        draft.prepare().ifPresent(this::testSplit);
        draft.prepare().ifPresent(this::nearDuplicates);
        draft.prepare().ifPresent(new SyntheticRules(problems, places)::check);
        draft.prepare().filter(prepare -> !validates(prepare)).ifPresent(prepare -> validationSplit());
        draft.train().ifPresent(train -> length());
        draft.train().ifPresent(this::patience);
        draft.train().ifPresent(this::warmup);
        draft.train().ifPresent(this::held);
        draft.train().ifPresent(this::unfreezing);
        boolean outside = trainsOutside(draft);
        draft.setup()
                .filter(setup -> !outside || setup.search() != null)
                .ifPresent(setup -> cards(setup.resources(), outside));
        draft.train().ifPresent(new BackEndRules(problems, places, backEnds)::check);
        draft.initialize()
                .map(InitializeSpec::candidateTraining)
                .ifPresent(training -> draft.train().ifPresent(train -> candidates(training, train)));
        draft.prepare().filter(prepare -> outside).ifPresent(this::balance);
        draft.prepare().filter(prepare -> outside).ifPresent(this::folds);
        draft.setup()
                .map(SetupSpec::search)
                .ifPresent(search -> draft.train()
                        .ifPresent(train -> new SearchRules(problems, places).check(search, train, draft.evaluate())));
        if (places.of("monitor").isPresent() && places.of("deploy").isEmpty()) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("monitor"),
                    "`monitor` checks a deployed model, but nothing is deployed",
                    "Add `deploy { target directory('models/tuned') }`.");
        }
        new ObjectiveRules(problems, places).check(draft);
        new TestSetRules(problems, places).check(draft);
        new ExamCheckRules(problems, places).check(draft);
        new DeploymentRules(problems, places).check(draft);
    }

    private void heartbeat(String stage, StagePolicy policy) {
        if (policy.heartbeat().compareTo(policy.timeout()) > 0) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first(stage + ".heartbeat", stage),
                    "the heartbeat of %s is longer than the timeout of %s"
                            .formatted(LiteralText.of(policy.heartbeat()), LiteralText.of(policy.timeout())),
                    "Make `heartbeat` shorter, or `timeout` longer.");
        }
    }

    /** Every pipeline is evaluated: without a gate nothing may be deployed. */
    private void testSplit(PrepareSpec prepare) {
        boolean own = prepare.inputs().stream().anyMatch(source -> source.split() == SourceSpec.Part.TEST);
        if (prepare.split().test() == 0 && !own) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("prepare.split.test", "prepare.split"),
                    "`evaluate` needs rows to test with, but the test split is empty",
                    "Give `test:` a share, such as 5.percent.");
        }
    }

    /** Plain text has no prompt, so no row would ever be similar to another. */
    private void nearDuplicates(PrepareSpec prepare) {
        CleaningSpec.NearDuplicates near = prepare.cleaningOrNone().nearDuplicates();
        boolean texts = prepare.inputs().stream().allMatch(source -> source.format() == DatasetFormat.TEXT);
        if (near != null && near.on() == CleaningSpec.RowText.PROMPT && texts) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("prepare.deduplicate.on", "prepare.deduplicate"),
                    "`deduplicate on: prompt` compares prompts, but rows of format text have none",
                    "Remove `on: prompt`, so that the whole text is compared.");
        }
        LeakageSpec leakage = prepare.split().leakage();
        if (leakage != null && leakage.on() == CleaningSpec.RowText.PROMPT && texts) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("prepare.leakage.on", "prepare.leakage"),
                    "`leakage on: prompt` compares prompts, but rows of format text have none",
                    "Remove `on: prompt`, so that the whole text is compared.");
        }
    }

    /** Only Septet's own engine draws the rows of an epoch by weights; a trainer reads each row of its file once. */
    private void balance(PrepareSpec prepare) {
        BalanceSpec balance = prepare.balance();
        if (balance != null && balance.by() == BalanceSpec.Method.WEIGHTS) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("prepare.balance.by", "prepare.balance"),
                    "`balance by: weights` needs Septet's own engine, but `by` in `train` names another trainer",
                    "Write `by: oversample` or `by: undersample`.");
        }
    }

    /** Jobs of other trainers are named after one training of a run. */
    private void folds(PrepareSpec prepare) {
        if (prepare.split().folds() != null) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("prepare.split.folds", "prepare.split"),
                    "`split folds:` needs Septet's own engine, but `by` in `train` names another trainer",
                    "Remove `folds:`, or `by`.");
        }
    }

    /** Whether a share of the rows, or a dataset of its own, gives a validation loss. */
    private static boolean validates(PrepareSpec prepare) {
        return prepare.split().validation() > 0
                || prepare.inputs().stream().anyMatch(source -> source.split() == SourceSpec.Part.VALIDATION);
    }

    private void validationSplit() {
        for (String word : new String[] {"train.stop", "train.validate", "setup.search"}) {
            places.of(word)
                    .ifPresent(at -> problems.add(
                            ProblemId.CONFLICT,
                            at,
                            "`%s` needs a validation loss, but the validation split"
                                            .formatted(word.substring(word.indexOf('.') + 1))
                                    + " is empty",
                            "Give `validation:` in `split` a share, such as" + " 5.percent."));
        }
    }

    private void length() {
        Optional<SourceLocation> epochs = places.of("train.epochs");
        Optional<SourceLocation> steps = places.of("train.steps");
        if (epochs.isEmpty() || steps.isEmpty()) {
            return;
        }
        SourceLocation at = epochs.get();
        SourceLocation other = steps.get();
        boolean oneFile = at.file().equals(other.file());
        problems.add(
                ProblemId.CONFLICT,
                at,
                String.format(
                        Locale.ROOT,
                        "`epochs` and `steps` both set the length of the training; `steps` is in line %d%s",
                        other.line(),
                        oneFile ? "" : " of " + other.file()),
                "Remove one of them: `epochs` counts passes over the training split, `steps`"
                        + " counts optimizer steps.");
    }

    /** Early stopping needs one evaluation more than its patience, all of them before the last step. */
    private void patience(TrainSpec train) {
        Integer steps = train.steps();
        if (steps == null) {
            return;
        }
        train.patienceBeyond(steps)
                .ifPresent(why -> problems.add(
                        ProblemId.REMARK,
                        places.first("train.stop.patience", "train.stop"),
                        why,
                        "Validate more often, or lower `patience:`. The model with"
                                + " the best validation loss is kept anyway."));
    }

    /** The short trainings of candidates are the first steps of the training, by Septet's own engine. */
    private void candidates(CandidateTrainingSpec training, TrainSpec train) {
        Integer steps = train.steps();
        if (steps != null && training.steps() > steps) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("initialize.candidates.steps", "initialize.candidates"),
                    String.format(
                            Locale.ROOT,
                            "`candidates steps: %d` is more than the %d steps of the training",
                            training.steps(),
                            steps),
                    String.format(Locale.ROOT, "Write `steps:` with at most %d.", steps));
        }
        if (train.by() != null) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("initialize.candidates.steps", "initialize.candidates"),
                    "`candidates steps:` trains with Septet's own engine, but `by` in `train` names another trainer",
                    "Leave `steps:` out, so that the untrained candidates are compared, or remove `by`.");
        }
    }

    private void warmup(TrainSpec train) {
        LearningRateSpec rate = train.learningRate();
        Integer steps = train.steps();
        if (steps != null && rate.warmup() >= steps) {
            problems.add(
                    ProblemId.CONFLICT,
                    warmupPlace(),
                    String.format(
                            Locale.ROOT,
                            "the warmup of %d.steps is as long as the training of %d steps",
                            rate.warmup(),
                            steps),
                    "Make `warmup:` shorter, or `steps` more.");
        }
    }

    private void held(TrainSpec train) {
        PreserveSpec preserve = train.preserve();
        if (train.method() instanceof DoraSpec
                && preserve != null
                && (preserve.l2sp() != null || preserve.ewc() != null)) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("train.preserve"),
                    "`preserve l2sp:` and `preserve ewc:` regularize the sum of weight and adapter,"
                            + " but dora also scales this sum",
                    "Use `method lora()`, or `preserve replay:`.");
        }
    }

    private void unfreezing(TrainSpec train) {
        PreserveSpec preserve = train.preserve();
        if (preserve == null || preserve.unfreezeEvery() == null) {
            return;
        }
        if (train.method() instanceof PartialSpec partial && partial.lastLayers() == 1) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("train.unfreeze"),
                    "`unfreeze gradually:` unfreezes one block after the other, but `partial`" + " trains one block",
                    "Leave it out, or train more `layers`.");
        }
        Integer steps = train.steps();
        if (steps != null && preserve.unfreezeEvery() >= steps) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("train.unfreeze"),
                    String.format(
                            Locale.ROOT,
                            "the second block starts after %d.steps, but the training ends after %d",
                            preserve.unfreezeEvery(),
                            steps),
                    "Make `gradually:` shorter, or `steps` more.");
        }
    }

    /** Whether another program trains the model, or may do so because `train` could not be bound. */
    private static boolean trainsOutside(PipelineDraft draft) {
        return draft.train().map(train -> train.by() != null).orElse(true);
    }

    /**
     * Septet's own engine trains on one card.
     *
     * @param trials whether it trains only the trials of a search
     */
    private void cards(ResourcesSpec resources, boolean trials) {
        if (resources.gpus() > 1) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("setup.resources.gpus", "setup.resources"),
                    String.format(
                            Locale.ROOT,
                            "`gpus: %d` reserves several GPUs, but Septet's engine trains%s on one",
                            resources.gpus(),
                            trials ? " the trials of `search`" : ""),
                    trials
                            ? "Use `gpus: 1`, or leave `search` out."
                            : "Use `gpus: 1`; with `septet worker --devices all`, each card trains another run. A"
                                    + " trainer outside Septet (`train { by command('...') }`) can use several.");
        }
    }

    private SourceLocation warmupPlace() {
        return places.first(
                "train.learningRate.cosine.warmup",
                "train.learningRate.linear.warmup",
                "train.learningRate.constant.warmup",
                "train.learningRate",
                "train.steps");
    }
}
