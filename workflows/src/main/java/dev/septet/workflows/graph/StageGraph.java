package dev.septet.workflows.graph;

import static dev.septet.workflows.graph.StageDependency.artifact;
import static dev.septet.workflows.graph.StageDependency.digest;
import static dev.septet.workflows.graph.StageDependency.ifMeasured;
import static dev.septet.workflows.graph.StageDependency.measured;
import static dev.septet.workflows.graph.StageDependency.value;
import static dev.septet.workflows.graph.StageDependency.words;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.QualitySpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.FoldScores;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.initialize.InitializeRequest;
import dev.septet.workflows.monitor.DriftAlarm;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.retrain.RetrainHistory;
import dev.septet.workflows.retrain.RunQueue;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.train.TrainRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The seven stages. For each stage, the graph declares the earlier results that it needs, how its
 * request is built from them, and the dependencies of its own result. The dependencies have names
 * that explain a rerun to people. The workflow, the activities, {@code plan} and {@code resume} all
 * use this graph.
 *
 * <p>The groups, their order and their values determine the bytes of stored keys. So after a
 * change, every stored result is recomputed.
 */
public final class StageGraph {
    /**
     * Version of the preparation. It must be increased when the same rows and settings give other
     * prepared rows than before.
     */
    private static final String PREPARE_RULES = "4";

    /** Version of the rules of {@code quality gopher} and {@code quality c4}. */
    private static final String QUALITY_RULES = "2";

    /** Version of the rules of {@code redact phone}. */
    private static final String PHONE_RULES = "2";

    /** Version of the rules and lists of {@code redact name, address}. */
    private static final String PEOPLE_RULES = "1";

    /** Version of the list of {@code augment synonyms, words: 'wordnet'}. */
    private static final String WORDNET_RULES = "1";

    /**
     * Group that estimates ignore, because training takes about as long per token with other data.
     */
    public static final String TRAINING_DATA = "training data";

    /** Group of the base model, which estimates ignore for the same reason. */
    public static final String BASE_MODEL = "base model";

    public static final StageNode<PrepareRequest, DatasetRef> PREPARE = new StageNode<>(
            Stage.PREPARE,
            PipelineSpec::prepare,
            DatasetRef.class,
            List.of(),
            in -> new PrepareRequest(
                    in.run(),
                    in.spec().prepare(),
                    in.spec().initialize(),
                    in.spec().prepare().sources().isEmpty() && !in.rows().isEmpty()
                            ? in.rows().get(0).dataset()
                            : null,
                    in.request().retraining(),
                    PrepareRequest.general(in.spec().train()),
                    in.spec().train().objective(),
                    in.spec().prepare().sources().isEmpty() ? List.of() : in.rows(),
                    PrepareRequest.suites(in.spec().prepare(), in.spec().evaluate()),
                    0,
                    PrepareRequest.tests(in.spec().prepare(), in.spec().evaluate())),
            List.of(
                    value("rules of prepare", q -> PREPARE_RULES),
                    measured(KeyMeasurement.DATASET),
                    measured(KeyMeasurement.TOKENIZER),
                    words("prepare", PrepareRequest::spec, "parallel"),
                    ifMeasured(KeyMeasurement.GENERAL_SET),
                    ifMeasured(KeyMeasurement.REVIEWED_ROWS),
                    ifMeasured(KeyMeasurement.TEST_FILES),
                    ifMeasured(KeyMeasurement.FORGOTTEN_ROWS),
                    ifMeasured(KeyMeasurement.SYNTHETIC_FILES),
                    ifMeasured(KeyMeasurement.NAME_FILE),
                    value("rules of quality", q -> preset(q.spec()) ? QUALITY_RULES : null),
                    value("rules of redact", q -> phone(q.spec()) ? PHONE_RULES : null),
                    value("rules of names and addresses", q -> people(q.spec()) ? PEOPLE_RULES : null),
                    value("list of synonyms", q -> wordNet(q.spec()) ? WORDNET_RULES : null),
                    value("fold", q -> q.fold() == 0 ? null : q.fold())));

    public static final StageNode<InitializeRequest, ModelRef> INITIALIZE = new StageNode<>(
            Stage.INITIALIZE,
            PipelineSpec::initialize,
            ModelRef.class,
            List.of(Stage.PREPARE),
            in -> new InitializeRequest(
                    in.run(),
                    in.spec().initialize(),
                    in.spec().setup(),
                    in.spec().train(),
                    in.result(PREPARE),
                    in.spec().deploy() != null,
                    in.spec().deploy()),
            and(
                    List.of(
                            measured(KeyMeasurement.BASE_MODEL),
                            words(
                                    "initialize",
                                    InitializeRequest::spec,
                                    "model",
                                    "revision",
                                    "candidates",
                                    "candidateTraining"),
                            digest("method", q -> q.train().method()),
                            digest("optimizer", q -> q.train().optimizer()),
                            digest("batch", q -> q.train().batch()),
                            value("precision", q -> q.setup().precision()),
                            value("longest row", q -> q.dataset().longestRow())),
                    memory(InitializeRequest::train, InitializeRequest::setup)));

    /**
     * The stored result is the preflight report. Each trial of a search is stored under its own
     * key.
     */
    public static final StageNode<SetupRequest, SetupReport> SETUP = new StageNode<>(
            Stage.SETUP,
            PipelineSpec::setup,
            SetupReport.class,
            PreflightReport.class,
            List.of(Stage.PREPARE, Stage.INITIALIZE),
            in -> new SetupRequest(
                    in.run(),
                    in.spec().setup(),
                    in.spec().initialize(),
                    in.spec().train(),
                    in.spec().evaluate(),
                    in.result(PREPARE),
                    in.result(INITIALIZE)),
            and(
                    List.of(
                            artifact(TRAINING_DATA, q -> q.dataset().artifact()),
                            artifact(BASE_MODEL, q -> q.model().artifact()),
                            setupWords(SetupRequest::spec),
                            initializeWords(SetupRequest::initialize),
                            digest("method", q -> q.train().method()),
                            digest("optimizer", q -> q.train().optimizer()),
                            digest("learning rate", q -> q.train().learningRate()),
                            digest("batch", q -> q.train().batch()),
                            digest("back end", StageGraph::notRehearsed),
                            measured(KeyMeasurement.WORKER)),
                    memory(SetupRequest::train, SetupRequest::spec)),
            List.of(words("setup", SetupRequest::spec, "resources")),
            null);

    /** The result does not depend on the checkpoint settings and on the number of attempts. */
    public static final StageNode<TrainRequest, CheckpointRef> TRAIN = new StageNode<>(
            Stage.TRAIN,
            PipelineSpec::train,
            CheckpointRef.class,
            List.of(Stage.PREPARE, Stage.INITIALIZE, Stage.SETUP),
            in -> new TrainRequest(
                    in.run(),
                    in.spec().train(),
                    in.spec().initialize(),
                    in.spec().setup(),
                    in.result(PREPARE),
                    in.result(INITIALIZE),
                    in.result(SETUP).learningRate(),
                    in.result(SETUP).rank(),
                    in.result(SETUP).chosen()),
            and(
                    training("found by setup"),
                    List.of(ifMeasured(KeyMeasurement.STEERING), ifMeasured(KeyMeasurement.SHORTAGES))));

    /**
     * The dependencies of one trial of a search. Its request is the one of a shortened training.
     */
    public static final List<StageDependency<TrainRequest>> TRIAL =
            and(training("tried"), List.of(ifMeasured(KeyMeasurement.FROZEN_LAYERS)));

    public static final StageNode<EvaluateRequest, EvaluationReport> EVALUATE = new StageNode<>(
            Stage.EVALUATE,
            PipelineSpec::evaluate,
            EvaluationReport.class,
            List.of(Stage.PREPARE, Stage.INITIALIZE, Stage.SETUP, Stage.TRAIN),
            in -> new EvaluateRequest(
                    in.run(),
                    in.spec().evaluate(),
                    in.spec().setup(),
                    in.result(PREPARE),
                    in.result(INITIALIZE),
                    in.result(TRAIN),
                    in.results().folds(),
                    in.spec().train(),
                    in.spec().card(),
                    in.result(SETUP).search(),
                    in.result(SETUP).found()),
            List.of(
                    artifact("prepared data", q -> q.dataset().artifact()),
                    artifact(BASE_MODEL, q -> q.model().artifact()),
                    artifact("trained model", q -> q.checkpoint().artifact()),
                    artifact("training ledger", q -> q.checkpoint().ledger()),
                    measured(KeyMeasurement.FORGETTING_SUITE),
                    value("seed", q -> q.setup().seed()),
                    value("precision", q -> q.setup().precision()),
                    words("evaluate", EvaluateRequest::spec),
                    ifMeasured(KeyMeasurement.METRIC_FILES),
                    ifMeasured(KeyMeasurement.BENCHMARKS),
                    ifMeasured(KeyMeasurement.SAFETY),
                    ifMeasured(KeyMeasurement.CHAMPION),
                    ifMeasured(KeyMeasurement.TEST_SETS),
                    value("cross-validation", q -> FoldScores.digest(q.folds())),
                    digest("card", EvaluateRequest::card),
                    value(
                            "search",
                            q -> q.search() == null
                                    ? null
                                    : q.search().artifact().sha256())));

    /** The stored result is the export, which does not depend on where it is published. */
    public static final StageNode<DeployRequest, DeploymentRef> DEPLOY = new StageNode<>(
            Stage.DEPLOY,
            PipelineSpec::deploy,
            DeploymentRef.class,
            ExportRef.class,
            List.of(Stage.PREPARE, Stage.INITIALIZE, Stage.TRAIN, Stage.EVALUATE),
            in -> new DeployRequest(
                    in.run(),
                    Objects.requireNonNull(in.spec().deploy()),
                    in.spec().setup(),
                    in.result(PREPARE),
                    in.result(INITIALIZE),
                    in.result(TRAIN),
                    in.result(EVALUATE),
                    in.spec().formExam()),
            List.of(
                    value("pipeline's name", q -> q.run().pipeline()),
                    artifact(BASE_MODEL, q -> q.model().artifact()),
                    artifact("trained model", q -> q.checkpoint().artifact()),
                    artifact("test prompts", q -> q.dataset().artifact()),
                    artifact("evaluation", q -> q.evaluation().artifact()),
                    words("deploy", DeployRequest::spec, "targets", "canary", "approval"),
                    ifMeasured(KeyMeasurement.GUARD),
                    ifMeasured(KeyMeasurement.MERGED_TYPE),
                    value("asked over HTTP", q -> q.spec().servesHttp()),
                    measured(KeyMeasurement.WORKER),
                    words("evaluate", DeployRequest::exam, "samples"),
                    value(
                            "seed of the exam",
                            q -> q.exam() == null ? null : q.setup().seed()),
                    value(
                            "precision of the exam",
                            q -> q.exam() == null ? null : q.setup().precision()),
                    ifMeasured(KeyMeasurement.EXAM_FILES),
                    value("parts of the exam", q -> FormExamPart.words(q.exam()))),
            List.of(words("deploy", DeployRequest::spec)),
            null);

    /** The result is the id of the workflow that monitors the model. */
    public static final StageNode<MonitorRequest, String> MONITOR = new StageNode<>(
            Stage.MONITOR,
            PipelineSpec::monitor,
            String.class,
            String.class,
            List.of(Stage.PREPARE, Stage.INITIALIZE, Stage.TRAIN),
            in -> new MonitorRequest(
                    in.run(),
                    Objects.requireNonNull(in.spec().monitor()),
                    in.spec().setup(),
                    in.result(PREPARE),
                    in.result(INITIALIZE),
                    in.result(TRAIN),
                    in.request().resuming(null).retraining(null),
                    0,
                    0L,
                    RetrainHistory.NONE.learning(in.result(PREPARE).reviewedRows()),
                    RunQueue.NONE,
                    in.start(),
                    DriftAlarm.QUIET,
                    in.spec().notifications()),
            List.of(),
            List.of(words("monitor", MonitorRequest::spec)),
            "checks the model from then on");

    /** All stages, in their order. */
    public static final List<StageNode<?, ?>> NODES =
            List.of(PREPARE, INITIALIZE, SETUP, TRAIN, EVALUATE, DEPLOY, MONITOR);

    private StageGraph() {}

    private static boolean phone(PrepareSpec spec) {
        RedactSpec redact = spec.redact();
        return redact != null && redact.kinds().contains(RedactSpec.Kind.PHONE);
    }

    private static boolean people(PrepareSpec spec) {
        RedactSpec redact = spec.redact();
        return redact != null
                && (redact.kinds().contains(RedactSpec.Kind.NAME)
                        || redact.kinds().contains(RedactSpec.Kind.ADDRESS));
    }

    private static boolean wordNet(PrepareSpec spec) {
        return spec.syntheticOrNone().augment().stream().anyMatch(each -> AugmentSpec.WORDNET.equals(each.words()));
    }

    private static boolean preset(PrepareSpec spec) {
        QualitySpec quality = spec.cleaningOrNone().quality();
        return quality != null && quality.preset() != null;
    }

    /** What trains without a rehearsal; null when Septet's engine trains, or tries the points of a search. */
    private static @Nullable BackEndSpec notRehearsed(SetupRequest request) {
        return request.spec().search() == null ? request.train().by() : null;
    }

    /** A stage's node. */
    public static StageNode<?, ?> of(Stage stage) {
        return NODES.stream().filter(node -> node.stage() == stage).findFirst().orElseThrow();
    }

    /**
     * The dependencies of a training. {@code chosen} names how the learning rate and the rank were
     * chosen.
     */
    private static List<StageDependency<TrainRequest>> training(String chosen) {
        return List.of(
                artifact(TRAINING_DATA, q -> q.dataset().artifact()),
                artifact(BASE_MODEL, q -> q.model().artifact()),
                words("train", TrainRequest::spec, "checkpoint"),
                initializeWords(TrainRequest::initialize),
                setupWords(TrainRequest::setup),
                value("learning rate " + chosen, TrainRequest::learningRate),
                value("rank " + chosen, TrainRequest::rank),
                measured(KeyMeasurement.WORKER));
    }

    /** The optional words of training that change its memory and time. */
    private static <Q> List<StageDependency<Q>> memory(Function<Q, TrainSpec> train, Function<Q, SetupSpec> setup) {
        return List.of(
                words("preserve", q -> train.apply(q).preserve()),
                digest("objective", q -> train.apply(q).objective()),
                value(
                        "largest rank",
                        q -> Optional.of(setup.apply(q).largestRank())
                                .filter(rank -> rank > 0)
                                .orElse(null)),
                value("searched methods and batches", q -> searched(train.apply(q), setup.apply(q))),
                ifMeasured(KeyMeasurement.FROZEN_LAYERS));
    }

    /** What a search varies of the method and the batch; null where it varies neither. */
    private static @Nullable String searched(TrainSpec train, SetupSpec setup) {
        List<MethodSpec> methods = setup.methods(train);
        int batch = setup.largestBatch(train);
        return methods.size() == 1 && batch == train.batch().size()
                ? null
                : SpecDigest.of(Map.of("methods", methods, "batch", batch));
    }

    private static <Q> StageDependency<Q> initializeWords(Function<Q, InitializeSpec> spec) {
        return words("initialize", spec::apply, "digest", "constraints", "candidates", "candidateTraining");
    }

    private static <Q> StageDependency<Q> setupWords(Function<Q, SetupSpec> spec) {
        return words("setup", spec::apply, "resources", "search");
    }

    private static <Q> List<StageDependency<Q>> and(List<StageDependency<Q>> first, List<StageDependency<Q>> second) {
        List<StageDependency<Q>> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
