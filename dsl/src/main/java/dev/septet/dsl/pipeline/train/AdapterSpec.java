package dev.septet.dsl.pipeline.train;

/** A method that trains low-rank matrices beside the frozen linear layers. */
public interface AdapterSpec extends MethodSpec {
    /** The low-rank matrices, as in LoRA. The method may add more to them. */
    LoraSpec adapter();

    /** The same method with another rank at the same scaling, so that a search over ranks compares ranks alone. */
    AdapterSpec withRank(int rank);
}
