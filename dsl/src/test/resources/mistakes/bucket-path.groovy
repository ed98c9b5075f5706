pipeline('p') {
    prepare {
        dataset s3('warehouse', path: '/tickets/*/rows.jsonl')
    }
    initialize { model 'm/x' }
    train { method lora() }
}
