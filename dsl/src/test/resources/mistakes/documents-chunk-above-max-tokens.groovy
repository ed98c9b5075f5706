pipeline('p') {
    prepare {
        dataset documents('manuals/', chunk: 600)
    }
    initialize { model 'm/x' }
    train { method lora() }
}
