pipeline('p') {
    prepare {
        dataset documents('manuals/'), format: text
    }
    initialize { model 'm/x' }
    train { method lora() }
}
