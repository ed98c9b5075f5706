package dev.septet.activities.setup;

import dev.septet.dsl.pipeline.search.DimensionSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec.Name;
import dev.septet.dsl.pipeline.search.DimensionSpec.Scale;
import dev.septet.dsl.pipeline.train.AdapterSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.setup.SearchPoint;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The points that a search tries, in their order, without repetitions: a function of the pipeline file and its seed.
 *
 * @param points at most as many as the file allows
 * @param left what is not tried, and why; null = nothing
 */
record SearchPoints(List<SearchPoint> points, @Nullable String left) {
    /** How often a random search draws for one trial, when it draws points that it has. */
    private static final int DRAWS = 20;

    /** Digits of a drawn number, so that people can read it and write it in a file. */
    private static final MathContext DIGITS = new MathContext(3);

    static SearchPoints of(TrainSpec train, SearchSpec search, long seed) {
        Map<Name, DimensionSpec> dimensions = new EnumMap<>(Name.class);
        search.varied().forEach(each -> dimensions.put(each.name(), each));
        return search.random() == null
                ? grid(train, search, dimensions)
                : random(train, search, dimensions, seed, search.random());
    }

    private static SearchPoints grid(TrainSpec train, SearchSpec search, Map<Name, DimensionSpec> dimensions) {
        List<Map<Name, Double>> rows = new ArrayList<>(List.of(new EnumMap<>(Name.class)));
        for (DimensionSpec dimension : dimensions.values()) {
            List<Map<Name, Double>> longer = new ArrayList<>();
            for (Map<Name, Double> row : rows) {
                for (double value : dimension.values()) {
                    Map<Name, Double> with = new EnumMap<>(Name.class);
                    with.putAll(row);
                    with.put(dimension.name(), value);
                    longer.add(with);
                }
            }
            rows = longer;
        }
        Set<SearchPoint> points = new LinkedHashSet<>();
        for (Map<Name, Double> row : rows) {
            if (search.methods().isEmpty()) {
                points.add(point(train, row, null));
            }
            search.methods().forEach(method -> points.add(point(train, row, method)));
        }
        int most = search.trials() == 0 ? points.size() : Math.min(points.size(), search.trials());
        return new SearchPoints(
                List.copyOf(points).subList(0, most),
                most == points.size()
                        ? null
                        : String.format(
                                Locale.ROOT,
                                "`trials %d` leaves %d of %d points of the grid untried",
                                most,
                                points.size() - most,
                                points.size()));
    }

    private static SearchPoints random(
            TrainSpec train, SearchSpec search, Map<Name, DimensionSpec> dimensions, long seed, int trials) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<SearchPoint> points = new LinkedHashSet<>();
        for (int draw = 0; draw < DRAWS * trials && points.size() < trials; draw++) {
            Map<Name, Double> row = new EnumMap<>(Name.class);
            dimensions.forEach((name, dimension) -> row.put(name, drawn(dimension, random)));
            MethodSpec method = search.methods().isEmpty()
                    ? null
                    : search.methods().get(random.nextInt(search.methods().size()));
            points.add(point(train, row, method));
        }
        return new SearchPoints(
                List.copyOf(points),
                points.size() == trials
                        ? null
                        : String.format(
                                Locale.ROOT,
                                "%d draws found only %d different trials of %d",
                                DRAWS * trials,
                                points.size(),
                                trials));
    }

    private static double drawn(DimensionSpec dimension, SplittableRandom random) {
        if (!dimension.range()) {
            return dimension.values().get(random.nextInt(dimension.values().size()));
        }
        double from = Objects.requireNonNull(dimension.from());
        double to = Objects.requireNonNull(dimension.to());
        double share = random.nextDouble();
        boolean whole = dimension.name().whole();
        double value;
        if (dimension.scale() == Scale.LOG) {
            value = StrictMath.exp(StrictMath.log(from) + share * (StrictMath.log(to) - StrictMath.log(from)));
            value = whole ? Math.rint(value) : value;
        } else {
            value = whole ? Math.floor(from + share * (to - from + 1)) : from + share * (to - from);
        }
        double readable = whole ? value : new BigDecimal(value).round(DIGITS).doubleValue();
        return Math.max(from, Math.min(to, readable));
    }

    private static SearchPoint point(TrainSpec train, Map<Name, Double> row, @Nullable MethodSpec method) {
        MethodSpec used = method == null ? train.method() : method;
        Integer rank = whole(row, Name.RANK);
        int own = used instanceof AdapterSpec adapter ? adapter.adapter().rank() : 0;
        Double rate = row.get(Name.LEARNING_RATE);
        return new SearchPoint(
                rate == null ? train.learningRate().peak() : rate,
                rank == null || own == 0 ? own : rank,
                whole(row, Name.BATCH),
                whole(row, Name.EPOCHS),
                whole(row, Name.WARMUP),
                row.get(Name.WEIGHT_DECAY),
                method);
    }

    private static @Nullable Integer whole(Map<Name, Double> row, Name name) {
        Double value = row.get(name);
        return value == null ? null : value.intValue();
    }
}
