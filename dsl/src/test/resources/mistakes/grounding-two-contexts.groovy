pipeline('hello') {
    prepare { dataset 'data/hello.jsonl'; keep 'document' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        grounding context: 'document', begin: 'Context:'
    }
}
