package dev.septet.dsl.pipeline.train;

/** Every parameter is trained, but for frozen layers. */
public record FullSpec() implements MethodSpec {}
