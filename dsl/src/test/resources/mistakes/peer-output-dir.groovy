pipeline('support') {
    deploy { output_dir 'out' }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
