pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        deduplicate exact, on: prompt
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
