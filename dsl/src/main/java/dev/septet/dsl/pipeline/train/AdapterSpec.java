package dev.septet.dsl.pipeline.train;

/** A method that trains low-rank matrices beside the frozen linear layers. */
public interface AdapterSpec extends MethodSpec {
    /** The matrices: as LoRA has them, whatever the method adds. */
    LoraSpec adapter();
}
