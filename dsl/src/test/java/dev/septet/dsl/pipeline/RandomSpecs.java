package dev.septet.dsl.pipeline;

import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import dev.septet.dsl.pipeline.deploy.ApprovalSpec;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.deploy.HuggingfaceSpec;
import dev.septet.dsl.pipeline.deploy.LlamacppSpec;
import dev.septet.dsl.pipeline.deploy.OciSpec;
import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.FairnessSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.RequireSpec;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import dev.septet.dsl.pipeline.evaluate.VotesSpec;
import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.monitor.OnDriftSpec;
import dev.septet.dsl.pipeline.monitor.OnFeedbackSpec;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.CounterfactualSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.DocumentsSpec;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.prepare.GenerateCheckSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.HubDatasetSpec;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.pipeline.prepare.LeakageSpec;
import dev.septet.dsl.pipeline.prepare.MapSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.QualitySpec;
import dev.septet.dsl.pipeline.prepare.QuerySpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import dev.septet.dsl.pipeline.prepare.TransformSpec;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.dsl.pipeline.search.ChoiceSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec;
import dev.septet.dsl.pipeline.search.HalvingSpec;
import dev.septet.dsl.pipeline.search.SearchBudgetSpec;
import dev.septet.dsl.pipeline.track.MlflowSpec;
import dev.septet.dsl.pipeline.track.OpenLineageSpec;
import dev.septet.dsl.pipeline.track.TensorBoardSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.dsl.pipeline.track.WandbSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.BudgetSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.FreezeSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.LoraScaling;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.OnWarningSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.QloraSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.SgdSpec;
import dev.septet.dsl.pipeline.train.StopSpec;
import dev.septet.dsl.pipeline.train.SupervisedSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.pipeline.train.UnsupervisedSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** PipelineTexts with every field drawn at random, texts that YAML finds hard among them. */
public final class RandomSpecs {
    private static final List<String> TEXTS = List.of(
            "a",
            "null",
            "~",
            "yes",
            "1",
            "1e3",
            "0x1F",
            "- x",
            "a: b",
            "#x",
            "'",
            "\"",
            "a\nb",
            " a ",
            "\ta",
            "{a}",
            "[a]",
            "&a",
            "*a",
            "!a",
            "%a",
            "@a",
            "`a`",
            "|",
            ">",
            "é",
            "😀",
            "2001-01-01",
            "1:30",
            "a\\b",
            "\u2028y",
            "y\n\u2029\u0085z",
            "...",
            "---",
            "\u0085x",
            "C:\\x");

    private final Random random;

    public RandomSpecs(long seed) {
        random = new Random(seed);
    }

    public PipelineSpec pipeline() {
        return new PipelineSpec(
                "p" + random.nextInt(1_000),
                random.nextBoolean() ? "" : text(),
                maybe(this::schedule),
                random.nextBoolean() ? List.of() : several(this::notification),
                prepare(),
                initialize(),
                new SetupSpec(resources(), pick(Precision.values()), random.nextLong(), maybe(this::search), policy()),
                train(),
                evaluate(),
                maybe(this::deploy),
                maybe(this::monitor),
                maybe(() -> new CardSpec(text() + "a", random.nextBoolean() ? null : text() + "b")),
                maybe(() -> pick(RunPriority.values())),
                maybe(() -> "t" + random.nextInt(1_000)),
                random.nextBoolean() ? List.of() : several(this::tracker));
    }

    private TrackerSpec tracker() {
        return switch (random.nextInt(5)) {
            case 0 -> new MlflowSpec("team", random.nextBoolean() ? null : "support", null);
            case 1 -> new TensorBoardSpec("runs/" + random.nextInt(9));
            case 2 -> new WandbSpec("wandb", random.nextBoolean() ? null : "support");
            case 3 ->
                random.nextBoolean()
                        ? new OpenLineageSpec("lineage", null, "a/b")
                        : new OpenLineageSpec(null, "lineage", null);
            default -> new ExtensionSpec.ForTracker(extension());
        };
    }

    private ScheduleSpec schedule() {
        boolean cron = random.nextBoolean();
        return new ScheduleSpec(
                cron ? pick(List.of("0 2 * * SUN", "@weekly", "*/5 1-3,7 1 JAN-MAR 0")) : null,
                cron ? null : duration().plusMinutes(1),
                pick(List.of("UTC", "Europe/Berlin", "America/New_York")),
                pick(ScheduleSpec.Overlap.values()),
                duration(),
                duration().plusSeconds(10),
                random.nextBoolean());
    }

    private NotifySpec notification() {
        ChannelSpec channel = switch (random.nextInt(4)) {
            case 3 -> new ExtensionSpec.ForChannel(extension());
            case 0 -> new CommandSpec("page-oncall");
            case 1 -> new WebhookSpec("https://example.com/hook?a=b", null, null);
            default -> new WebhookSpec(null, new SecretRef("HOOK_" + random.nextInt(9)), new SecretRef("KEY"));
        };
        return new NotifySpec(channel, several(() -> pick(NotifySpec.Event.values())));
    }

    private ExtensionSpec extension() {
        return new ExtensionSpec(
                "word" + random.nextInt(9),
                random.nextBoolean()
                        ? Map.of()
                        : Map.of(
                                "a",
                                text(),
                                "b",
                                random.nextLong(),
                                "c",
                                random.nextDouble(),
                                "d",
                                random.nextBoolean()),
                "jar",
                "1." + random.nextInt(9));
    }

    private ExpressionSpec expression() {
        return new ExpressionSpec("x" + text(), "p.groovy", random.nextInt(99), random.nextInt(99));
    }

    private TransformSpec transform() {
        return random.nextBoolean()
                ? new FilterSpec(expression())
                : new MapSpec(Map.of("a", expression(), "b", expression()));
    }

    private PrepareSpec prepare() {
        double train = 1 + random.nextInt(98);
        boolean many = random.nextInt(3) == 0;
        boolean file = random.nextBoolean();
        DatasetFormat format = pick(DatasetFormat.values());
        LabelSpec label = file && !many ? maybe(this::label) : null;
        return new PrepareSpec(
                file && !many ? text() : null,
                file || many ? null : "p" + random.nextInt(99),
                many ? DatasetFormat.AUTO : format,
                random.nextInt(100),
                random.nextBoolean() ? List.of() : several(this::transform),
                random.nextBoolean(),
                maybe(this::redact),
                split(train),
                8 + random.nextInt(10_000),
                maybe(() -> pick(PrepareSpec.LongRows.values())),
                many ? null : maybe(this::extension),
                many ? sources() : List.of(),
                random.nextBoolean() ? List.of() : List.of("k" + random.nextInt(9)),
                many ? null : maybe(() -> new BalanceSpec("label", pick(BalanceSpec.Method.values()))),
                maybe(() -> cleaning(file && !many)),
                file && !many ? maybe(() -> names(format)) : null,
                maybe(this::synthetic),
                label,
                maybe(() -> 1 + random.nextInt(PrepareSpec.MAX_PARALLEL)),
                policy());
    }

    private SyntheticSpec synthetic() {
        return new SyntheticSpec(
                random.nextBoolean() ? List.of() : several(this::augment),
                maybe(() -> new CounterfactualSpec(new TreeMap<>(Map.of("he", "she")), maybe(() -> "pairs.csv"))),
                random.nextBoolean() ? List.of() : several(this::generate));
    }

    private AugmentSpec augment() {
        AugmentSpec.Kind kind = pick(AugmentSpec.Kind.values());
        return new AugmentSpec(
                kind,
                1 + random.nextInt(10),
                1 + random.nextInt(100),
                pick(CleaningSpec.RowText.values()),
                random.nextLong(),
                kind == AugmentSpec.Kind.SYNONYMS ? text() : null,
                kind == AugmentSpec.Kind.TEMPLATE ? List.of("a {prompt}") : List.of());
    }

    private GenerateSpec generate() {
        GenerateSpec.Kind kind = pick(GenerateSpec.Kind.values());
        boolean rare = kind == GenerateSpec.Kind.RARE;
        boolean distill = kind == GenerateSpec.Kind.DISTILL;
        boolean endpoint = random.nextBoolean();
        return new GenerateSpec(
                kind,
                1 + random.nextInt(20),
                1 + random.nextInt(100),
                rare ? "topic" : null,
                rare ? (Integer) (1 + random.nextInt(99)) : null,
                kind == GenerateSpec.Kind.BACK_TRANSLATIONS ? "German" : null,
                distill ? maybe(() -> true) : null,
                new GenerateSpec.Teacher(endpoint ? "lab" : null, "m" + random.nextInt(9)),
                new GenerateSpec.Budget(
                        1L + random.nextInt(9999),
                        endpoint ? maybe(() -> 0.5 + random.nextInt(9)) : null,
                        pick(GenerateSpec.Budget.End.values())),
                maybe(() -> "prompt.txt"),
                0.1 + random.nextInt(10) / 10.0,
                random.nextLong(),
                1 + random.nextInt(999),
                maybe(() -> 1 + random.nextInt(99)),
                1 + random.nextInt(64),
                maybe(this::expression),
                distill ? maybe(() -> new GenerateSpec.Agreement(3, 2)) : null,
                maybe(() -> check(kind)));
    }

    private GenerateCheckSpec check(GenerateSpec.Kind kind) {
        GenerateCheckSpec.SelfAgreement agreement = switch (kind) {
            case QUESTIONS ->
                new GenerateCheckSpec.SelfAgreement(GenerateCheckSpec.SelfAgreement.Of.ANSWER, maybe(() -> 0.5));
            case PARAPHRASES, BACK_TRANSLATIONS ->
                new GenerateCheckSpec.SelfAgreement(GenerateCheckSpec.SelfAgreement.Of.MEANING, null);
            case RARE, EDGE_CASES, DISTILL -> null;
        };
        boolean writesAnswers = switch (kind) {
            case QUESTIONS, RARE, EDGE_CASES, DISTILL -> true;
            case PARAPHRASES, BACK_TRANSLATIONS -> false;
        };
        return new GenerateCheckSpec(
                agreement,
                maybe(() -> new GenerateCheckSpec.Score(
                        2 + random.nextInt(4), new GenerateSpec.Teacher("judge", "m" + random.nextInt(9)))),
                writesAnswers ? maybe(() -> "data/answer.schema.json") : null);
    }

    private LabelSpec label() {
        return new LabelSpec(
                "topic",
                List.of(
                        new LabelSpec.Vote(text() + "1", "a", expression()),
                        new LabelSpec.Vote(text() + "2", "b", expression())),
                maybe(() -> pick(LabelSpec.Unlabelled.values())),
                maybe(() -> "gold"));
    }

    private RowNamesSpec names(DatasetFormat format) {
        boolean roles = Set.of(DatasetFormat.AUTO, DatasetFormat.SHAREGPT, DatasetFormat.PREFERENCE)
                .contains(format);
        return new RowNamesSpec(
                Map.of(format.fields().iterator().next(), text()),
                roles ? Map.of("user", "u", "call", text() + "c") : Map.of());
    }

    private SplitSpec split(double train) {
        String group = maybe(() -> "customer");
        String time = group == null ? maybe(() -> "created") : null;
        return new SplitSpec(
                        train,
                        1,
                        99 - train,
                        maybe(() -> "topic"),
                        group,
                        time,
                        null,
                        time == null ? maybe(() -> 2 + random.nextInt(9)) : null)
                .with(maybe(() -> new LeakageSpec(
                        pick(LeakageSpec.Action.values()),
                        0.7 + random.nextInt(31) / 100.0,
                        pick(CleaningSpec.RowText.values()))));
    }

    private List<SourceSpec> sources() {
        List<SourceSpec> sources = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            int origin = random.nextInt(5);
            if (origin >= 3) {
                sources.add(origin == 3 ? documents(i) : elsewhere(i));
                continue;
            }
            sources.add(new SourceSpec(
                    origin == 0 ? text() + i : null,
                    origin == 1 ? "p" + i : null,
                    pick(DatasetFormat.values()),
                    maybe(this::extension),
                    null,
                    maybe(() -> 0.25 * (1 + random.nextInt(20))),
                    maybe(() -> 1L + random.nextInt(9999)),
                    maybe(() -> SourceSpec.Part.TRAIN),
                    maybe(this::text),
                    origin == 2 ? new HubDatasetSpec("org/d" + i, "main", "default", "train") : null,
                    null,
                    null,
                    null,
                    null));
        }
        return sources;
    }

    private SourceSpec elsewhere(int i) {
        int origin = random.nextInt(3);
        return new SourceSpec(
                null,
                null,
                pick(DatasetFormat.values()),
                null,
                null,
                maybe(() -> 0.5),
                maybe(() -> 9L),
                maybe(() -> SourceSpec.Part.TRAIN),
                maybe(this::text),
                null,
                null,
                origin == 0 ? new BucketFilesSpec("b" + i, "rows/*.jsonl") : null,
                origin == 1 ? new QuerySpec("d" + i, "select a from t order by a") : null,
                origin == 2 ? "r" + i : null);
    }

    private SourceSpec documents(int i) {
        return new SourceSpec(
                text() + i,
                null,
                DatasetFormat.TEXT,
                null,
                null,
                null,
                null,
                null,
                maybe(this::text),
                null,
                new DocumentsSpec(maybe(() -> 8), maybe(() -> 4)),
                null,
                null,
                null);
    }

    private RedactSpec redact() {
        Set<RedactSpec.Kind> kinds = new TreeSet<>(several(() -> pick(RedactSpec.Kind.values())));
        boolean national = kinds.contains(RedactSpec.Kind.NATIONAL_ID) && random.nextBoolean();
        return new RedactSpec(
                kinds,
                pick(RedactSpec.Replacement.values()),
                List.of(),
                national ? List.of("DE", "FR") : List.of(),
                kinds.contains(RedactSpec.Kind.NAME) ? maybe(() -> "data/customers.txt") : null);
    }

    private CleaningSpec cleaning(boolean file) {
        return new CleaningSpec(
                maybe(() -> new CleaningSpec.NearDuplicates(
                        0.7 + random.nextInt(31) / 100.0, pick(CleaningSpec.RowText.values()))),
                maybe(() -> new CleaningSpec.Decontamination(
                        random.nextBoolean() ? List.of() : List.of("tests/*.jsonl"), 5 + random.nextInt(46))),
                maybe(() -> new QualitySpec(
                        pick(QualitySpec.Preset.values()),
                        maybe(() -> random.nextInt(99)),
                        maybe(() -> 99 + random.nextInt(99)),
                        List.of("de", "en"),
                        maybe(() -> 0.5 + random.nextInt(50) / 100.0),
                        maybe(this::share),
                        maybe(this::share))),
                file ? maybe(() -> "may_train") : null,
                maybe(() -> new CleaningSpec.Representation(file ? maybe(() -> "topic") : null)));
    }

    private InitializeSpec initialize() {
        if (random.nextInt(3) == 0) {
            return new InitializeSpec(
                    "models/b",
                    null,
                    null,
                    maybe(() -> new RequireSpec(several(this::text), maybe(() -> 1L + (random.nextLong() >>> 2)))),
                    null,
                    List.of("models/a", "models/b", text() + "c"),
                    maybe(() -> new CandidateTrainingSpec(1 + random.nextInt(99), 2 + random.nextInt(2))),
                    policy());
        }
        return new InitializeSpec(
                text(),
                maybe(() -> "refs/pr/" + random.nextInt(9)),
                maybe(() -> "0123456789abcdef".repeat(4)),
                maybe(() -> new RequireSpec(several(this::text), maybe(() -> 1L + (random.nextLong() >>> 2)))),
                maybe(() -> new FreezeSpec(random.nextInt(5), 5 + random.nextInt(5))),
                policy());
    }

    private ResourcesSpec resources() {
        return new ResourcesSpec(random.nextInt(9), maybe(() -> 1L + random.nextInt(1 << 30) * 64L), maybe(this::text));
    }

    private SearchSpec search() {
        boolean draws = random.nextBoolean();
        return new SearchSpec(
                several(this::share),
                several(() -> 1 + random.nextInt(64)),
                draws ? 0 : random.nextInt(9),
                50 + random.nextInt(99),
                dimensions(draws),
                random.nextBoolean() ? List.of() : List.of(new FullSpec(), LoraSpec.standard()),
                draws ? 1 + random.nextInt(9) : null,
                maybe(() -> new HalvingSpec(2 + random.nextInt(2), 2 + random.nextInt(2), random.nextBoolean())),
                maybe(() -> random.nextBoolean()
                        ? ChoiceSpec.metric(text())
                        : ChoiceSpec.score(Map.of("rougeL", share(), "loss", -share()))),
                maybe(() -> new SearchBudgetSpec(
                        1L + random.nextInt(999),
                        maybe(() -> 1L + random.nextInt(999)),
                        maybe(this::duration),
                        10 * share(),
                        share())));
    }

    private List<DimensionSpec> dimensions(boolean draws) {
        DimensionSpec listed = DimensionSpec.of(DimensionSpec.Name.BATCH, List.of(4.0, 1.0 + random.nextInt(3)));
        DimensionSpec drawn =
                DimensionSpec.between(DimensionSpec.Name.WEIGHT_DECAY, 0.01, 0.02, pick(DimensionSpec.Scale.values()));
        return draws ? List.of(listed, drawn) : random.nextBoolean() ? List.of(listed) : List.of();
    }

    private TrainSpec train() {
        return new TrainSpec(
                method(),
                1 + random.nextInt(9),
                maybe(() -> 1 + random.nextInt(999)),
                new BatchSpec(1 + random.nextInt(64), 1 + random.nextInt(64)),
                random.nextBoolean()
                        ? new AdamwSpec(share(), share(), share(), share())
                        : new SgdSpec(share(), share()),
                new LearningRateSpec(pick(LearningRateSpec.Shape.values()), share(), random.nextInt(999)),
                share() * 10,
                new CheckpointSpec(1 + random.nextInt(999), 1 + random.nextInt(9)),
                1 + random.nextInt(999),
                maybe(() -> new StopSpec(1 + random.nextInt(9))),
                pick(TrainSpec.OnNonFinite.values()),
                maybe(this::preserve),
                maybe(this::objective),
                maybe(this::backEnd),
                maybe(this::onWarning),
                policy());
    }

    private OnWarningSpec onWarning() {
        Map<OnWarningSpec.Kind, OnWarningSpec.Reaction> reactions = new HashMap<>();
        for (OnWarningSpec.Kind kind : several(() -> pick(OnWarningSpec.Kind.values()))) {
            boolean lower = kind.helpedByLowerRate() && random.nextBoolean();
            reactions.put(kind, lower ? OnWarningSpec.Reaction.LOWER_RATE : OnWarningSpec.Reaction.STOP);
        }
        return new OnWarningSpec(reactions);
    }

    private BackEndSpec backEnd() {
        CommandTrainerSpec command =
                new CommandTrainerSpec("trl", Map.of("packing", random.nextBoolean(), "seed", random.nextLong()));
        return switch (random.nextInt(7)) {
            case 0 -> new ExtensionSpec.ForBackEnd(extension());
            case 1 ->
                new SlurmSpec(
                        command,
                        maybe(() -> "gpu"),
                        maybe(() -> "ml"),
                        1 + random.nextInt(9),
                        random.nextInt(9),
                        maybe(() -> 1 + random.nextInt(9)),
                        maybe(() -> 1L << 30),
                        maybe(this::duration));
            case 2 ->
                new KubernetesSpec(
                        command,
                        maybe(() -> "registry.example/ml/trl:3"),
                        maybe(() -> "training"),
                        1 + random.nextInt(9),
                        random.nextInt(9),
                        maybe(() -> 1 + random.nextInt(9)),
                        maybe(() -> 1L << 30),
                        maybe(this::duration));
            case 3 ->
                new SageMakerSpec(
                        command,
                        maybe(() -> "123456789012.dkr.ecr.eu-west-1.amazonaws.com/trl:3"),
                        maybe(() -> "ml.g5.2xlarge"),
                        1 + random.nextInt(9),
                        maybe(() -> 1L << 30),
                        maybe(this::duration),
                        maybe(this::duration));
            case 4 ->
                new OpenAiSpec(
                        "azure",
                        "gpt-4o-mini-2024-07-18",
                        maybe(() -> 1 + random.nextInt(256)),
                        maybe(() -> share() + 0.5));
            case 5 ->
                new BedrockSpec(
                        "amazon.nova-micro-v1:0:128k",
                        random.nextBoolean() ? Map.of() : Map.of("learningRate", share() + 0.5, "batchSize", 8L));
            default -> command;
        };
    }

    private ObjectiveSpec objective() {
        return switch (random.nextInt(3)) {
            case 0 -> new SupervisedSpec();
            case 1 -> new UnsupervisedSpec();
            default -> new DpoSpec(share() + 0.1);
        };
    }

    private PreserveSpec preserve() {
        Double ewc = maybe(() -> share() + 0.5);
        return new PreserveSpec(
                "data/" + random.nextInt(99),
                maybe(() -> 0.25),
                maybe(() -> share() + 0.5),
                ewc,
                ewc == null ? null : (Integer) (1 + random.nextInt(99)),
                maybe(() -> 1 + random.nextInt(99)));
    }

    private MethodSpec method() {
        return switch (random.nextInt(6)) {
            case 5 -> new ExtensionSpec.ForMethod(extension());
            case 0 -> new FullSpec();
            case 1 -> new PartialSpec(1 + random.nextInt(9), random.nextBoolean());
            case 2 -> new DoraSpec(lora());
            case 3 -> new QloraSpec(lora());
            default -> lora();
        };
    }

    private LoraSpec lora() {
        return new LoraSpec(
                1 + random.nextInt(64),
                share() * 99,
                share(),
                several(() -> pick(LoraSpec.ALL_LINEAR)),
                pick(LoraScaling.values()),
                1 + share() * 20);
    }

    private EvaluateSpec evaluate() {
        List<MetricSpec> metrics = several(this::metric);
        List<ScoreSpec> scores = random.nextBoolean() ? List.of() : several(this::score);
        List<TestSetSpec> tests = random.nextBoolean() ? List.of() : List.of(testSet());
        boolean rivals = tests.isEmpty() && !scores.isEmpty(); // else there may be judges only
        return new EvaluateSpec(
                metrics,
                scores,
                maybe(this::comparison),
                maybe(this::comparison),
                maybe(() -> new ForgettingSpec(text(), share())),
                random.nextInt(999),
                1 + random.nextInt(999),
                random.nextInt(99),
                random.nextBoolean() ? List.of() : List.of(slice()),
                tests,
                random.nextBoolean() ? List.of() : several(this::benchmark),
                maybe(this::checks),
                maybe(this::safety),
                rivals ? List.of(retrieval()) : List.of(),
                policy());
    }

    private CompareSpec comparison() {
        return random.nextBoolean() ? new CompareSpec(share()) : new CompareSpec(0, share());
    }

    private RetrievalSpec retrieval() {
        RetrievalSpec.By by = pick(List.of(RetrievalSpec.By.values()));
        return new RetrievalSpec(
                1 + random.nextInt(RetrievalSpec.MOST_ROWS),
                by,
                by == RetrievalSpec.By.WORDS ? null : maybe(() -> 1 + random.nextInt(9)),
                comparison());
    }

    private ExamChecksSpec checks() {
        boolean column = random.nextBoolean();
        boolean samples = random.nextBoolean();
        return new ExamChecksSpec(
                maybe(() -> new ContaminationSpec(
                        maybe(this::share), maybe(() -> 0.6 + share() / 10), maybe(() -> 5 + random.nextInt(20)))),
                maybe(() -> new FairnessSpec(
                        Map.of("he", "she"), maybe(() -> "pairs.csv"), maybe(this::share), maybe(this::share))),
                maybe(() -> new GroundingSpec(
                        column ? "document" : null,
                        column ? null : "Context:",
                        column ? null : "Question:",
                        maybe(this::share),
                        samples ? 1 + random.nextInt(20) : null,
                        samples ? share() : null,
                        maybe(this::sentenceJudges))),
                maybe(() -> new UnanswerableSpec("unanswerable.jsonl", maybe(this::share), List.of("ask a person"))),
                maybe(this::errorClusters));
    }

    private ErrorClustersSpec errorClusters() {
        boolean bounded = random.nextBoolean();
        return new ErrorClustersSpec(
                maybe(() -> 2 + random.nextInt(31)),
                null,
                bounded ? (Double) share() : null,
                bounded ? null : maybe(() -> 0.01 + share() / 2),
                maybe(() -> 1 + random.nextInt(40)));
    }

    private BenchmarkSpec benchmark() {
        double above = share();
        return new BenchmarkSpec(
                text(),
                maybe(this::text),
                maybe(() -> above),
                maybe(() -> above + 1),
                maybe(() -> random.nextInt(9)),
                maybe(() -> 1 + random.nextInt(99)));
    }

    private SliceSpec slice() {
        boolean bounded = random.nextBoolean();
        boolean clusters = random.nextBoolean();
        return new SliceSpec(
                pick(List.of("topic", "product line", "Größe")),
                bounded ? share() : null,
                null,
                clusters ? null : maybe(() -> pick(List.of(SliceSpec.Period.values()))),
                bounded ? 1 + random.nextInt(99) : null,
                clusters ? "data/error-clusters.json" : null);
    }

    private TestSetSpec testSet() {
        return new TestSetSpec(
                "gold-" + random.nextInt(99),
                text(),
                DatasetFormat.AUTO,
                maybe(() -> new RowNamesSpec(Map.of("prompt", "question"), Map.of())),
                random.nextBoolean() ? List.of() : several(this::metric),
                random.nextBoolean() ? List.of() : several(this::score),
                maybe(() -> new CompareSpec(share())),
                maybe(() -> new CompareSpec(share())),
                random.nextBoolean() ? List.of() : List.of(slice()),
                maybe(() -> 8 + random.nextInt(99)));
    }

    private SafetySpec safety() {
        boolean hosted = random.nextBoolean();
        SafetySpec.Style style = pick(SafetySpec.Style.values());
        double threshold = 0.01 + 0.9 * random.nextDouble();
        double max = 0.01 + 0.9 * random.nextDouble();
        return new SafetySpec(
                new SafetySpec.Guard(
                        new SafetySpec.Model(hosted ? "lab" : null, hosted ? "guard-1" : text(), null),
                        hosted ? style : maybe(() -> style),
                        hosted ? null : maybe(() -> threshold)),
                "data/harm.jsonl",
                List.of(new SafetySpec.Rule("digits", "[0-9]+", null, maybe(() -> max))),
                List.of(SafetySpec.Disguise.values()).subList(0, 1 + random.nextInt(4)),
                maybe(() -> max),
                maybe(() -> max),
                maybe(() -> max),
                maybe(() -> max));
    }

    private DeploySpec deploy() {
        return new DeploySpec(
                List.of(DeploySpec.Quantization.values()).subList(0, random.nextInt(5)),
                several(this::target),
                maybe(() -> new CanarySpec(
                        share() / 2,
                        duration(),
                        1 + random.nextInt(99),
                        share(),
                        share(),
                        share(),
                        share(),
                        share(),
                        maybe(() -> "data/probe.jsonl"))),
                maybe(() -> new ApprovalSpec("ml-oncall", duration(), 1 + random.nextInt(20))),
                maybe(this::servingGuard),
                random.nextBoolean()
                        ? List.of()
                        : List.of(
                                new FormExamSpec(share(), null, null),
                                new FormExamSpec(share(), pick(DeploySpec.Quantization.values()), maybe(() -> "loss"))),
                policy());
    }

    private ServingGuardSpec servingGuard() {
        boolean flags = random.nextBoolean();
        return new ServingGuardSpec(
                Objects.requireNonNull(safety().guard()),
                random.nextBoolean() ? ServingGuardSpec.DEFAULT_ON : List.of(pick(ServingGuardSpec.Side.values())),
                flags ? ServingGuardSpec.Action.FLAG : ServingGuardSpec.Action.REFUSE,
                flags ? null : text(),
                random.nextBoolean() ? List.of() : List.of("S" + random.nextInt(14)));
    }

    private MetricSpec metric() {
        ExtensionSpec word = extension();
        return random.nextBoolean()
                ? own(pick(MetricSpec.KNOWN))
                : new MetricSpec(
                        word.word(),
                        maybe(this::share),
                        maybe(this::share),
                        new MetricSpec.ExtensionMetric(word, random.nextBoolean(), random.nextBoolean()));
    }

    private MetricSpec own(String name) {
        int k = 1 + random.nextInt(8);
        MetricArguments arguments = switch (name) {
            case "json" -> maybe(() -> MetricArguments.schema("data/answer.schema.json"));
            case "regex" -> MetricArguments.pattern("[a-z]+");
            case "numericAnswer" -> maybe(() -> MetricArguments.tolerance(share()));
            case "similarity" -> MetricArguments.layer(k);
            case "passAt", "passAll" ->
                MetricArguments.samples(k, k + random.nextInt(9), 0.1 + share(), pick(MetricArguments.CRITERIA));
            case "judge" -> MetricArguments.judge(judge(JudgeSpec.Scale.YES_NO, null));
            case "winRate" -> MetricArguments.judge(judge(null, JudgeSpec.Against.BASELINE));
            case "humanWinRate" ->
                MetricArguments.votes(new VotesSpec("votes.jsonl", JudgeSpec.Against.BASELINE, share() / 2, null));
            default -> null;
        };
        return new MetricSpec(name, maybe(this::share), maybe(this::share), null, arguments);
    }

    private JudgeSpec judge(JudgeSpec.@Nullable Scale scale, JudgeSpec.@Nullable Against against) {
        return new JudgeSpec(
                List.of(
                        new GenerateSpec.Teacher("lab", "m" + random.nextInt(99)),
                        new GenerateSpec.Teacher(null, "judge")),
                "rubric.txt",
                scale,
                against,
                new GenerateSpec.Budget(1L + random.nextInt(99), null, GenerateSpec.Budget.End.STOP),
                maybe(() -> "votes.jsonl"),
                maybe(() -> 1 + random.nextInt(99)),
                1 + random.nextInt(9),
                share() / 2,
                null,
                null);
    }

    private JudgeSpec sentenceJudges() {
        return JudgeSpec.ofSentences(
                List.of(new GenerateSpec.Teacher("lab", "m" + random.nextInt(99))),
                new GenerateSpec.Budget(null, 0.5 + share(), GenerateSpec.Budget.End.STOP),
                maybe(() -> "verdicts.jsonl"),
                maybe(() -> 1 + random.nextInt(99)),
                1 + random.nextInt(9),
                share() / 2);
    }

    private ScoreSpec score() {
        return new ScoreSpec("s" + random.nextInt(99), maybe(this::share), null, expression());
    }

    private TargetSpec target() {
        return switch (random.nextInt(9)) {
            case 8 -> new ExtensionSpec.ForTarget(text(), extension());
            case 0 -> new DirectorySpec(text());
            case 1 -> new OllamaSpec("m" + random.nextInt(99), text());
            case 2 -> new HttpSpec("localhost", 1 + random.nextInt(65_535), null);
            case 3 -> new HttpSpec("0.0.0.0", 80, new SecretRef("KEY"));
            case 4 ->
                random.nextBoolean() ? new VllmSpec(text()) : new VllmSpec(text(), "cluster", maybe(() -> "tuned"));
            case 5 -> new LlamacppSpec(text());
            case 6 -> new S3Spec("s3://bucket/a/b", maybe(() -> "http://127.0.0.1:1"), null);
            default -> random.nextBoolean() ? new HuggingfaceSpec(text()) : new OciSpec(text());
        };
    }

    private DriftSpec drift() {
        if (random.nextInt(9) == 0) {
            return new DriftSpec(null, pick(DriftSpec.Feature.values()), maybe(this::share), extension());
        }
        DriftSpec.Detector detector = pick(DriftSpec.Detector.values());
        List<DriftSpec.Feature> features = Arrays.stream(DriftSpec.Feature.values())
                .filter(f -> detector.looksAt(f.kind()))
                .toList();
        return new DriftSpec(detector, pick(features), maybe(this::share));
    }

    private @Nullable BudgetSpec budget() {
        return maybe(() -> new BudgetSpec(1 + random.nextInt(9), duration()));
    }

    private MonitorSpec monitor() {
        return new MonitorSpec(
                duration(),
                maybe(this::text),
                10 + random.nextInt(999),
                several(this::drift),
                random.nextBoolean() ? AlarmSpec.DEFAULT : new AlarmSpec(1 + random.nextInt(9), share()),
                maybe(() -> new OnDriftSpec(duration(), budget(), maybe(this::share))),
                maybe(() -> new OnFeedbackSpec(1 + random.nextInt(999), duration(), budget(), maybe(this::share))),
                policy());
    }

    private StagePolicy policy() {
        return new StagePolicy(duration(), duration(), random.nextInt(9), duration(), 1 + random.nextDouble());
    }

    private Duration duration() {
        return Duration.ofMillis(1_000L + random.nextInt(1 << 30));
    }

    /** Above 0 and below 1. */
    private double share() {
        return Math.max(random.nextDouble(), Double.MIN_NORMAL);
    }

    private String text() {
        return "x".repeat(random.nextInt(2)) + pick(TEXTS);
    }

    private <T> @Nullable T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }

    private <T> List<T> several(Supplier<? extends T> item) {
        var items = new ArrayList<T>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            items.add(item.get());
        }
        return items;
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
