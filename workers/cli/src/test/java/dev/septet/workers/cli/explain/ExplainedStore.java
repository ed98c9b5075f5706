package dev.septet.workers.cli.explain;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowOrigin;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingFiles;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A store with one run of the quickstart's tiny model on a few rows, as the stages write it. */
final class ExplainedStore {
    static final Fence FENCE = new Fence("run", 1);
    static final Origin ORIGIN = new Origin("", null, "");
    static final String ANSWER = "{\\\"team\\\":\\\"stars\\\"}";

    private static final Path MODEL =
            Path.of("../../examples/quickstart/base-model").toAbsolutePath().normalize();

    final ArtifactStore store;
    ArtifactRef dataset = new ArtifactRef("", "", 0);
    ArtifactRef adapter = new ArtifactRef("", "", 0);
    ArtifactRef base = new ArtifactRef("", "", 0);

    ExplainedStore(ArtifactStore store) {
        this.store = store;
    }

    /** The JSON of a prepared chat. */
    static String chat(int line, String question, String answer) {
        return String.format(
                Locale.ROOT,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"},{\"role\":\"assistant\",\"content\":\"%s\"}],\"source\":\"rows.jsonl:%d\"}",
                question,
                answer,
                line);
    }

    /** Runs all stages up to the evaluation. */
    void run(String pipeline, String run, Path folder) throws IOException {
        List<String> rows = new ArrayList<>();
        for (String product : List.of("laptop", "printer", "camera", "tablet", "phone")) {
            rows.add(chat(rows.size() + 1, "Route: my " + product + " is broken", "{\\\"team\\\":\\\"repair\\\"}"));
        }
        rows.add(chat(6, "Route: my telescope is broken", ANSWER));
        rows.add(rows.get(5)); // a copy, as `prepare` writes it
        Path prepared = Files.createDirectories(folder.resolve("dataset"));
        Files.write(prepared.resolve("train.jsonl"), rows);
        Files.writeString(
                prepared.resolve("test.jsonl"), chat(9, "Route: a telescope of mine is broken", ANSWER) + "\n");
        List<TokenDataset.Row> tokens = new ArrayList<>();
        try (ModelRowEncoder encoder = new ModelRowEncoder(MODEL, 128)) {
            for (String row : rows) {
                tokens.add(encoder.encode(PreparedRows.row(row.getBytes(StandardCharsets.UTF_8))));
            }
        }
        TokenDatasetWriter.write(prepared.resolve("train.safetensors"), tokens);
        dataset = store.put(prepared, FENCE);
        RunRef ref = new RunRef(pipeline, run, "", "");
        StageResults results = new StageResults(store);
        int longest = tokens.stream().mapToInt(row -> row.tokens().length).max().orElse(0);
        DatasetRef data = new DatasetRef(
                dataset, 7, 0, 1, 0, 0, null, longest, 0, 0, 0, 0, 0, 0, Map.of(), lineage(folder, rows), 0, ORIGIN);
        results.commit(ref, StageKey.of(Stage.PREPARE).with("dataset", run), "", FENCE, data);
        base = store.put(MODEL, FENCE);
        results.commit(
                ref,
                StageKey.of(Stage.INITIALIZE).with("base model", run),
                "",
                FENCE,
                new ModelRef(base, "LlamaForCausalLM", 1, 6, "apache-2.0", 1, 1, ORIGIN));
        ModelRef model = new ModelRef(base, "LlamaForCausalLM", 1, 6, "apache-2.0", 1, 1, ORIGIN);
        TrainRequest request = new TrainRequest(
                ref,
                spec(folder).train(),
                spec(folder).initialize(),
                spec(folder).setup(),
                data,
                model,
                5e-3,
                4);
        Path ledger = Files.createDirectories(folder.resolve("ledger"));
        adapter = store.put(trained(request, folder, prepared, ledger), FENCE);
        results.commit(
                ref,
                StageKey.of(StageGraph.TRAIN, request, KeyMeasurements.NONE.with(KeyMeasurement.WORKER, "this one")),
                "",
                FENCE,
                new CheckpointRef(adapter, true, store.put(ledger, FENCE), 8, 1, null, "all steps", ORIGIN));
        Path report = Files.createDirectories(folder.resolve("report"));
        Files.writeString(
                report.resolve("predictions.jsonl"),
                SpecJson.mapper()
                                .createObjectNode()
                                .put("row", 0)
                                .set(
                                        "after",
                                        SpecJson.mapper().createObjectNode().put("answer", ANSWER.replace("\\", "")))
                        + "\n");
        results.commit(
                ref,
                StageKey.of(Stage.EVALUATE).with("prepared data", dataset).with("trained model", adapter),
                "",
                FENCE,
                new EvaluationReport(Verdict.GO, List.of(), store.put(report, FENCE), ORIGIN));
    }

    /** A dataset without the tokens of its rows. */
    void prepareWithoutTokens(Path file) throws IOException {
        dataset = store.put(Map.of("train.jsonl", file), FENCE);
        new StageResults(store)
                .commit(
                        new RunRef("damaged", "run-4", "", ""),
                        StageKey.of(Stage.PREPARE).with("dataset", "damaged"),
                        "",
                        FENCE,
                        new DatasetRef(dataset, 1, 0, 0, 0, 0, 0, 0, 0, ORIGIN));
    }

    /** A training's result. */
    void train(String pipeline, String run, ArtifactRef model, ArtifactRef trained, boolean isAdapter)
            throws IOException {
        new StageResults(store)
                .commit(
                        new RunRef(pipeline, run, "", ""),
                        StageKey.of(Stage.TRAIN)
                                .with("training data", dataset)
                                .with("base model", model)
                                .with("run", run),
                        "",
                        FENCE,
                        new CheckpointRef(trained, isAdapter, dataset, 4, 1, null, "all steps", ORIGIN));
    }

    private ArtifactRef lineage(Path folder, List<String> rows) throws IOException {
        RowDigests digests = RowDigests.of(store, FENCE);
        Path out = Files.createDirectories(folder.resolve("lineage"));
        try (LineageFile.Writer writer = new LineageFile.Writer(out, digests)) {
            for (int row = 0; row < 6; row++) {
                String digest = digests.of(SpecJson.mapper().readTree(rows.get(row)));
                RowOrigin origin = new RowOrigin(new RowPlace("rows.jsonl", row + 1), digest, null);
                writer.add("train", row + 1, List.of(origin), rows.get(row));
            }
        }
        return store.put(out, FENCE);
    }

    /** The pipeline's file, as it was when the run began. */
    static Path file(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("base-model"));
        Files.writeString(folder.resolve("rows.jsonl"), "{}");
        return Files.writeString(folder.resolve("pipeline.groovy"), """
            pipeline('tickets') {
                prepare { dataset 'rows.jsonl' }
                initialize { model 'base-model' }
                setup { seed 42 }
                train {
                    method lora { rank 4; alpha 8 }
                    steps 8
                    batch size: 7
                    learningRate cosine(peak: 5e-3)
                }
            }
            """);
    }

    private static PipelineSpec spec(Path folder) throws IOException {
        return new PipelineArgument(file(folder), Map.of()).spec();
    }

    private static Path trained(TrainRequest request, Path folder, Path prepared, Path ledger) throws IOException {
        TrainingPlan plan = new EnginePlan(request.spec(), request.initialize(), request.setup())
                .plan(
                        request.learningRate(),
                        request.rank(),
                        EnginePlan.epoch(request.dataset()),
                        request.dataset().longestRow());
        Path out = Files.createDirectories(folder.resolve("adapter"));
        TrainingFiles files = new TrainingFiles(MODEL, prepared);
        TrainingLedger lines = new TrainingLedger();
        try (Trainer trainer = Trainer.open(plan, files.inputs(), Optional.empty())) {
            trainer.setBudget(files.budget(plan));
            while (!trainer.finished()) {
                StepMetrics step = trainer.step();
                lines.add(LedgerLine.outside(
                        step.step(), step.epoch(), "lora", step.loss(), step.learningRate(), null, step.tokens()));
            }
            trainer.exportTo(out, "base");
        }
        lines.writeTo(ledger.resolve(TrainingLedger.FILE));
        return out;
    }
}
