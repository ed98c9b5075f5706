pipeline('hello') {
    prepare {
        dataset 'data/book.jsonl', format: text
        leakage warn, on: prompt
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
