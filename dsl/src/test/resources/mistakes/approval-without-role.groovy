pipeline('support') {
    deploy { target directory('m'); approval within: 1.day }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
