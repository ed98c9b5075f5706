package dev.septet.activities.train;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LoraScaling;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.QloraSpec;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps the method records of the pipeline language to the engine's methods, one line each. */
final class EngineMethods {
    private static final Map<Class<?>, Factory<MethodSpec>> FACTORIES = new LinkedHashMap<>();

    static {
        add(FullSpec.class, (spec, rank) -> new Full());
        add(PartialSpec.class, (spec, rank) -> new Partial(spec.lastLayers()));
        add(LoraSpec.class, EngineMethods::lora);
        add(DoraSpec.class, (spec, rank) -> new Dora(lora(spec.adapter(), rank)));
        add(
                ExtensionSpec.ForMethod.class,
                (spec, rank) -> Extensions.run(
                        ExtensionWord.Kind.METHOD,
                        spec.extension(),
                        StageProblem.class,
                        () -> JarMethod.of(
                                spec.extension(),
                                Extensions.of(spec.extension(), ExtensionWord.Kind.METHOD, MethodExtension.class)
                                        .method(spec.extension()))));
        add(QloraSpec.class, (spec, rank) -> new Qlora(lora(spec.adapter(), rank)));
    }

    private EngineMethods() {}

    /** Creates the engine's method of a record. */
    private interface Factory<S extends MethodSpec> {
        /**
         * @param rank replaces the record's rank; 0 = its own
         */
        Method of(S spec, int rank);
    }

    /**
     * The engine's method.
     *
     * @param rank replaces the file's adapter rank at the same scaling, so that a search over ranks
     *     compares capacity, not step size; 0 = the file's own
     */
    static Method of(MethodSpec spec, int rank) {
        Factory<MethodSpec> factory = FACTORIES.get(spec.getClass());
        if (factory == null) {
            throw StageProblem.invalid("this worker cannot train with method %s; it knows %s"
                    .formatted(
                            spec.getClass().getSimpleName(),
                            FACTORIES.keySet().stream()
                                    .map(Class::getSimpleName)
                                    .toList()));
        }
        return factory.of(spec, rank);
    }

    private static <S extends MethodSpec> void add(Class<S> type, Factory<S> factory) {
        FACTORIES.put(type, (spec, rank) -> factory.of(type.cast(spec), rank));
    }

    private static Lora lora(LoraSpec spec, int rank) {
        LoraSpec lora = rank == 0 ? spec : spec.withRank(rank);
        return new Lora(
                lora.rank(),
                lora.alpha(),
                lora.dropout(),
                lora.targets(),
                lora.scaling() == LoraScaling.RANK_STABILIZED,
                lora.rateRatio());
    }
}
