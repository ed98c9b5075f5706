package dev.septet.dsl.spec;

/** Every parameter is trained, but for frozen layers. */
public record FullSpec() implements MethodSpec {}
