pipeline('p') {
    prepare {
        dataset huggingFace('org/rows', split: '../x')
    }
    initialize { model 'm/x' }
    train { method lora() }
}
