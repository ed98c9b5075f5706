package dev.septet.dsl.pipeline.train;

/** A method that trains low-rank matrices beside the frozen linear layers. */
public interface AdapterSpec extends MethodSpec {
    /** The low-rank matrices, as in LoRA. The method may add more to them. */
    LoraSpec adapter();
}
