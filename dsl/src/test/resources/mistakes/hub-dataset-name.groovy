pipeline('p') {
    prepare {
        dataset huggingFace('rows')
    }
    initialize { model 'm/x' }
    train { method lora() }
}
