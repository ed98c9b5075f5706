pipeline('p') {
    prepare {
        dataset s3('s3://tickets', path: 'rows.jsonl')
    }
    initialize { model 'm/x' }
    train { method lora() }
}
