package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.QloraSpec;
import dev.septet.dsl.vocabulary.word.Example;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Value words of {@code train} and of {@code search}: fine-tuning methods. */
public interface MethodValues {
    /** Trains every parameter except frozen layers. */
    @Example("full()")
    default MethodSpec full() {
        return new FullSpec();
    }

    /** Trains the last layers only. */
    @Example("partial { layers 2 }")
    default MethodSpec partial(Consumer<PartialDsl> words) {
        var dsl = new PartialDsl();
        words.accept(dsl);
        return dsl.spec();
    }

    /** LoRA: trains small low-rank matrices beside the frozen linear layers. */
    @Example("lora { rank 8 }")
    default MethodSpec lora(@Nullable Consumer<LoraDsl> words) {
        return adapter(words);
    }

    /** DoRA: as lora, but trains the magnitude of each row of a layer separately from its direction. */
    @Example("dora { rank 8 }")
    default MethodSpec dora(@Nullable Consumer<LoraDsl> words) {
        return new DoraSpec(adapter(words));
    }

    /** QLoRA: as lora, with the base model in 4 bits during training. It needs the least memory. */
    @Example("qlora { rank 8 }")
    default MethodSpec qlora(@Nullable Consumer<LoraDsl> words) {
        return new QloraSpec(adapter(words));
    }

    private static LoraSpec adapter(@Nullable Consumer<LoraDsl> words) {
        if (words == null) {
            return LoraSpec.standard();
        }
        var dsl = new LoraDsl();
        words.accept(dsl);
        return dsl.spec();
    }
}
