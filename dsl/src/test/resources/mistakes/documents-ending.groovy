pipeline('p') {
    prepare {
        dataset documents('manuals/a.docx')
    }
    initialize { model 'm/x' }
    train { method lora() }
}
