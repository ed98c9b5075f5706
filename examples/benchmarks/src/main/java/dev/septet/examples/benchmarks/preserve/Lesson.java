package dev.septet.examples.benchmarks.preserve;

import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.llm.train.Fisher;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.data.EpochSize;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Trains the quickstart's base model on its tickets with given settings, for several training
 * lengths.
 */
public final class Lesson {
    private static final Map<String, String> METHODS = Map.of("full", "full()", "lora", "lora { rank 16; alpha 32 }");

    private final Path model;
    private final Rows rows;
    private final String method;
    private final long seed;
    private final List<Integer> lengths;
    private final String words;

    private Lesson(Path model, Rows rows, String method, long seed, List<Integer> lengths, String words) {
        this.model = model;
        this.rows = rows;
        this.method = method;
        this.seed = seed;
        this.lengths = lengths;
        this.words = words;
    }

    /**
     * Usage: {@code Lesson QUICKSTART_FOLDER FOLDER EXAM METHOD SEED NAME STEPS WORDS}. EXAM is
     * {@code chosen-by} or {@code reported}. METHOD is {@code full} or {@code lora}. STEPS are
     * lengths such as {@code 30,60,110}, one training each. Writes {@code
     * FOLDER/EXAM-METHOD/NAME-SEED.json} if it does not exist.
     */
    public static void main(String[] arguments) throws IOException {
        Path quickstart = Path.of(arguments[0]);
        String exam = arguments[2];
        String method = arguments[3];
        Path folder = Files.createDirectories(Path.of(arguments[1]).resolve(exam + "-" + method));
        long seed = Long.parseLong(arguments[4]);
        String name = arguments[5];
        List<Integer> lengths =
                Stream.of(arguments[6].split(",")).map(Integer::parseInt).toList();
        String words = arguments[7];
        Path file = folder.resolve(name + "-" + seed + ".json");
        if (Files.exists(file)) {
            return;
        }
        Rows rows = new Rows(Path.of(arguments[1]).resolve("rows"));
        rows.make(quickstart);
        Lesson lesson = new Lesson(quickstart.resolve("base-model"), rows, method, seed, lengths, words);
        List<Point> points = lesson.points(rows.exam(exam.equals("reported")), folder);
        new Curve(name, words, seed, points).write(file);
    }

    private PipelineSpec spec(int steps) {
        String text = String.format(Locale.ROOT, """
            pipeline('preserve') {
                prepare { dataset 'tickets.jsonl' }
                initialize { model 'base-model' }
                setup { seed %d }
                train {
                    method %s
                    batch size: 8
                    steps %d
                    learningRate cosine(peak: 1e-3, warmup: 10.steps)
                    %s
                }
            }
            """, seed, METHODS.get(method), steps, words);
        Compilation compilation = PipelineCompiler.compile(PipelineSource.of("preserve.groovy", text), Map.of());
        return compilation.spec().orElseThrow(() -> new IllegalArgumentException(compilation.printed()));
    }

    /**
     * The points of the base model and of the ends of trainings, each with its complete learning
     * rate schedule.
     */
    private List<Point> points(Rows.Exam exam, Path folder) throws IOException {
        Path scratch = Files.createTempDirectory(folder, "lesson");
        Path fisher = scratch.resolve("fisher.safetensors");
        List<Point> points = new ArrayList<>();
        for (int steps : lengths) {
            PipelineSpec spec = spec(steps);
            TrainingPlan plan = plan(spec, exam);
            PreserveSpec preserve = spec.train().preserve();
            Integer ewcRows = preserve == null ? null : preserve.ewcRows();
            if (ewcRows != null && !Files.exists(fisher)) {
                Fisher.estimate(plan, model, rows.general(), ewcRows, fisher, done -> {});
            }
            TrainingInputs inputs = new TrainingInputs(
                    model,
                    rows.learned(),
                    Optional.of(rows.general()),
                    Optional.of(fisher).filter(Files::exists));
            try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
                if (points.isEmpty()) {
                    points.add(point(trainer, exam));
                }
                while (!trainer.finished()) {
                    trainer.step();
                }
                points.add(point(trainer, exam));
            }
        }
        Files.deleteIfExists(fisher);
        Files.delete(scratch);
        return points;
    }

    private TrainingPlan plan(PipelineSpec spec, Rows.Exam exam) {
        TokenDataset learned = rows.learned();
        int longest = Stream.of(learned, rows.general(), exam.task(), exam.suite())
                .mapToInt(TokenDataset::longest)
                .max()
                .orElseThrow();
        return new EnginePlan(spec.train(), spec.initialize(), spec.setup())
                .plan(
                        spec.train().learningRate().peak(),
                        0,
                        EpochSize.of(learned, Optional.of(rows.general())),
                        longest);
    }

    private static Point point(Trainer trainer, Rows.Exam exam) {
        return new Point(trainer.nextStep(), trainer.loss(exam.task()), trainer.loss(exam.suite()));
    }
}
