pipeline('hello') {
    prepare { dataset 'data/hello.jsonl', format: text }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        metric loss
        compare retrieval
    }
}
